import { withTransaction } from '@localplus/postgres';
import { MerchantUnknown, type Refusal } from '../domain/refusals.ts';
import { type Actor, type CommandRights, mayCommand, requireOperator } from '../domain/rights.ts';
import { lockPlatform } from '../store/idempotency.ts';
import { type LockedMerchant, lockMerchant } from '../store/merchants.ts';
import type { Database, Transaction } from '../store/transaction.ts';
import { type Answered, answerOnce } from './answer-once.ts';

/** Who still waits for a merchant's lock after this is better served by an error than by another wait of 2 s. */
const deadlineMs = 2_500;

/** What commands work with. */
export interface CommandTools {
  database: Database;
  clock: () => Date;
  randomBytes: (size: number) => Buffer;
  /** Tells the outbox that something was committed; the events are in the database already. */
  wakeOutbox: () => void;
}

/** The input of every command: a key of the client's choice names the intent. Its form is the door's business. */
export interface Keyed {
  idempotencyKey: string;
}

interface Command<Input> {
  name: string;
  idempotencyKey: string;
  /** What is asked under the key, read by the rules of the domain already. */
  input: Input;
}

interface MerchantCommand<Input, Result> extends Command<Input> {
  rights: CommandRights;
  /** Finds the merchant that the command is for; undefined where the input names nothing that exists. */
  findMerchant: (transaction: Transaction) => Promise<string | undefined> | string | undefined;
  /** What is answered where nothing is found, and where it is none of the caller's business. */
  unknown?: new () => Refusal;
  /** Decides and writes. Whatever it throws undoes what it wrote. */
  work: (transaction: Transaction, merchant: LockedMerchant) => Promise<Result>;
}

/**
 * Runs a command on one merchant in one transaction: rights, lock, key, work, events.
 * @throws Refusal of the command, RoleNotAllowed
 */
export async function commandMerchant<Input, Result extends Record<string, unknown>>(
  { database, wakeOutbox }: CommandTools,
  caller: Actor,
  {
    name,
    rights,
    idempotencyKey,
    input,
    findMerchant,
    unknown: Unknown = MerchantUnknown,
    work,
  }: MerchantCommand<Input, Result>,
): Promise<Answered<Result>> {
  const answer = await withTransaction(
    database,
    async (transaction) => {
      const merchantId = await findMerchant(transaction);
      if (merchantId === undefined || !mayCommand(caller, merchantId, rights)) throw new Unknown();
      const merchant = await lockMerchant(transaction, merchantId);
      if (merchant === undefined) throw new Unknown();
      const question = { scope: merchantId, command: name, idempotencyKey, input };
      return answerOnce(transaction, question, () => work(transaction, merchant));
    },
    { deadlineMs },
  );
  wakeOutbox();
  return answer;
}

interface PlatformCommand<Input, Result> extends Command<Input> {
  work: (transaction: Transaction) => Promise<Result>;
}

/**
 * Runs a command of the platform's operators that belongs to no merchant yet.
 * @throws Refusal of the command, RoleNotAllowed
 */
export async function commandPlatform<Input, Result extends Record<string, unknown>>(
  { database, wakeOutbox }: CommandTools,
  caller: Actor,
  { name, idempotencyKey, input, work }: PlatformCommand<Input, Result>,
): Promise<Answered<Result>> {
  requireOperator(caller);
  const answer = await withTransaction(
    database,
    async (transaction) => {
      await lockPlatform(transaction);
      const question = { scope: 'platform', command: name, idempotencyKey, input };
      return answerOnce(transaction, question, () => work(transaction));
    },
    { deadlineMs },
  );
  wakeOutbox();
  return answer;
}
