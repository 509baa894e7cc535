import { createHash } from 'node:crypto';
import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import type { BalanceChange } from '../domain/balance-change.ts';
import { pointsBounds } from '../domain/bounds.ts';
import { InvalidInput } from '../domain/failures.ts';
import type { Holder } from '../domain/holder.ts';
import { isIdempotencyKey } from '../domain/input-rules.ts';
import type { PostingRequest } from '../domain/posting.ts';
import {
  alreadyReversed,
  idempotencyKeyReused,
  insufficientBalance,
  invalidAmount,
  merchantNotLive,
  type Refusal,
} from '../domain/refusals.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { FindProgram } from '../queries/find-program.ts';
import type { Sql } from '../store/connection.ts';
import type { FindHolder } from '../store/holder-directory.ts';
import type { BalanceState, PostingWriter } from '../store/posting-writer.ts';
import { findFirstResult, findTransaction } from '../store/transaction-rows.ts';
import { actorOf } from './rights.ts';

/** What commands that post work with. */
export interface PostingCommands {
  sql: Sql;
  findHolder: FindHolder;
  findProgram: FindProgram;
  writer: Pick<PostingWriter, 'post'>;
  /** Tells the wallet what was committed. Never rejects. */
  tellWallet: (changes: readonly BalanceChange[]) => Promise<BalanceState>;
  now: () => Date;
}

/** What a command posted, now or when its key was used first. */
export interface Posted {
  transaction: Transaction;
  change: BalanceChange;
  /** Whether the key had been used before, with the same input. */
  isReplay: boolean;
  balanceState: BalanceState;
}

/** What a command brought. A refusal has a `code`. */
export type PostingResult = Posted | Refusal;

/** What a caller wants, before anything that may change with time is looked at. */
export interface Intention {
  caller: Caller;
  holder: Holder;
  command: string;
  key: string;
  /** The whole input, as given, in a fixed order. */
  input: readonly (string | bigint | undefined)[];
}

/** What a command decides on. */
export type Decision = Pick<
  PostingRequest,
  'kind' | 'programVersion' | 'storeId' | 'reference' | 'purchase' | 'reverses' | 'occurredAt' | 'postings'
>;

/**
 * Refuses what cannot be a key.
 * @throws InvalidInput
 */
export function demandKey(key: string): void {
  if (isIdempotencyKey(key)) return;
  throw new InvalidInput(
    'An idempotency key is 1 to 128 letters, digits, points, underscores, colons, slashes and hyphens.',
  );
}

/**
 * Posts what `decide` decides, once for its key. What decide looks at (terms, stores, the time) may have changed since the
 * first use of a key, so before it refuses, the key is looked for: a till that asks again gets what it was answered first.
 */
export async function postOnce(
  commands: PostingCommands,
  intention: Intention,
  decide: () => Promise<Decision | Refusal>,
): Promise<PostingResult> {
  const { caller, holder, command, key } = intention;
  const scope = fromUuid('mer', holder.merchantId);
  const inputHash = hashOf(intention);

  const decision = await decide();
  if ('code' in decision) return (await findReplay(commands, { holder, scope, key, inputHash })) ?? decision;

  const actor = actorOf(caller, holder.merchantId);
  const transactionId = toUuid(newId('trx'), 'trx');
  const request = { ...decision, transactionId, scope, key, command, inputHash, holder, actor };
  return toResult(commands, request, await commands.writer.post(request));
}

function hashOf({ command, input }: Intention): Buffer {
  const text = JSON.stringify([command, ...input.map((value) => value?.toString() ?? null)]);
  return createHash('sha256').update(text).digest();
}

async function findReplay(
  { sql, tellWallet }: PostingCommands,
  { holder, scope, key, inputHash }: Pick<PostingRequest, 'holder' | 'scope' | 'key' | 'inputHash'>,
): Promise<PostingResult | undefined> {
  const first = await findFirstResult(sql, scope, key);
  if (first === undefined) return undefined;
  if (!first.inputHash.equals(inputHash)) return idempotencyKeyReused();

  const { transaction, deltas, balances } = first;
  const { id: transactionId, holderVersion: version, kind, storeId, occurredAt, recordedAt } = transaction;
  const { id: holderId, merchantId, programId, consumerId } = holder;
  const owner = { holderId, merchantId, programId, consumerId };
  const change = { ...owner, transactionId, version, kind, storeId, occurredAt, recordedAt, deltas, balances };
  return { transaction, change, isReplay: true, balanceState: await tellWallet([change]) };
}

async function toResult(
  { sql }: PostingCommands,
  request: PostingRequest,
  outcome: Awaited<ReturnType<PostingWriter['post']>>,
): Promise<PostingResult> {
  switch (outcome.status) {
    case 'POSTED': {
      const { change, balanceState } = outcome;
      return { transaction: toTransaction(request, change), change, isReplay: false, balanceState };
    }
    case 'REPLAYED': {
      const { change, balanceState } = outcome;
      const transaction = await findTransaction(sql, change.transactionId);
      if (transaction === undefined) throw new Error(`Transaction ${change.transactionId} has vanished.`);
      return { transaction, change, isReplay: true, balanceState };
    }
    case 'KEY_REUSED':
      return idempotencyKeyReused();
    case 'INSUFFICIENT':
      return insufficientBalance(outcome.available);
    case 'NOT_LIVE':
      return merchantNotLive();
    case 'ALREADY_REVERSED':
      return alreadyReversed();
    case 'OUT_OF_RANGE':
      return invalidAmount(pointsBounds);
  }
}

function toTransaction(request: PostingRequest, { version, recordedAt }: BalanceChange): Transaction {
  const {
    transactionId: id,
    kind,
    holder,
    programVersion,
    storeId,
    reference,
    purchase,
    reverses,
    occurredAt,
    actor,
  } = request;
  const { id: holderId, merchantId, programId } = holder;
  const owner = { merchantId, holderId, holderVersion: version, programId, programVersion };
  return { id, kind, ...owner, storeId, reference, purchase, reverses, occurredAt, recordedAt, actor };
}
