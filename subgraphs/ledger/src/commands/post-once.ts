import { createHash } from 'node:crypto';
import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import type { BalanceChange } from '../domain/balance-change.ts';
import type { Holder } from '../domain/holder.ts';
import type { OperationRequest } from '../domain/operation.ts';
import { idempotencyKeyReused, type Refusal, type RefusalCode, type RefusalOf } from '../domain/refusals.ts';
import type { FindProgram } from '../queries/find-program.ts';
import type { Sql } from '../store/connection.ts';
import type { FindHolder } from '../store/holder-directory.ts';
import { findFirstResult } from '../store/idempotency-rows.ts';
import type { BalanceState, PostingWriter, Written } from '../store/posting-writer.ts';
import { refusalOf } from './refusal-of.ts';
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
  /** What its transaction did; the last one, where it posted several. */
  change: BalanceChange;
  /** Whether the key had been used before, with the same input. */
  isReplay: boolean;
  balanceState: BalanceState;
}

/** What a command brought. A refusal has a `code`. */
export type PostingResult<Code extends RefusalCode> = Posted | RefusalOf<Code>;

/** What a caller wants, before anything that may change with time is looked at. */
export interface Intention<Code extends RefusalCode> {
  caller: Caller;
  holder: Holder;
  command: string;
  /** Its form is the door's affair: the same for every mutation of the platform. */
  key: string;
  /** The whole input, as given, in a fixed order. */
  input: readonly (string | bigint | undefined)[];
  /** The refusals that posting it may bring. */
  refusals: readonly Code[];
}

/** What a command wants done. */
export type Decision = Pick<
  OperationRequest,
  'operation' | 'programVersion' | 'country' | 'storeId' | 'reference' | 'occurredAt'
>;

/**
 * Posts what `decide` decides, once for its key. What decide looks at (terms, stores, the time) may have changed since the
 * first use of a key, so before it refuses, the key is looked for: a till that asks again gets what it was answered first.
 */
export async function postOnce<Code extends RefusalCode, Early extends RefusalCode>(
  commands: PostingCommands,
  intention: Intention<Code>,
  decide: () => Promise<Decision | RefusalOf<Early>>,
): Promise<Posted | RefusalOf<Code> | RefusalOf<Early> | RefusalOf<'LedgerIdempotencyKeyReused'>> {
  const { caller, holder, command, key } = intention;
  const scope = fromUuid('mer', holder.merchantId);
  const inputHash = hashOf(intention);

  const decision = await decide();
  if (!('operation' in decision)) return (await findReplay(commands, { scope, key, inputHash })) ?? decision;

  const actor = actorOf(caller, holder.merchantId);
  const transactionId = toUuid(newId('trx'), 'trx');
  const request = { ...decision, transactionId, scope, key, command, inputHash, holder, actor };
  const result = await toResult(commands, request, await commands.writer.post(request));
  if ('change' in result || isOneOf(intention.refusals, result)) return result;
  throw new Error(`${command} cannot be refused as ${result.code}.`);
}

function isOneOf<Code extends RefusalCode>(codes: readonly Code[], refusal: Refusal): refusal is RefusalOf<Code> {
  return codes.some((code) => code === refusal.code);
}

function hashOf({ command, input }: Pick<Intention<never>, 'command' | 'input'>): Buffer {
  const text = JSON.stringify([command, ...input.map((value) => value?.toString() ?? null)]);
  return createHash('sha256').update(text).digest();
}

async function findReplay(
  commands: PostingCommands,
  used: { scope: string; key: string; inputHash: Buffer },
): Promise<PostingResult<'LedgerIdempotencyKeyReused'> | undefined> {
  const { sql, findHolder, tellWallet } = commands;
  const first = await findFirstResult(sql, findHolder, used);
  if (first === undefined) return undefined;
  if (!first.inputHash.equals(used.inputHash)) return idempotencyKeyReused();
  const change = first.changes.at(-1);
  if (change === undefined) throw new Error('A key was used by a command that posted nothing.');
  return { change, isReplay: true, balanceState: await tellWallet([change]) };
}

async function toResult(
  commands: PostingCommands,
  request: OperationRequest & { key: string },
  written: Written,
): Promise<PostingResult<RefusalCode>> {
  if (written.status === 'DONE') {
    const change = written.transactions.at(-1)?.changes[0];
    if (change === undefined) throw new Error(`${request.command} posted nothing.`);
    return { change, isReplay: false, balanceState: written.balanceState };
  }
  if (written.status === 'REPLAYED') {
    const replay = await findReplay(commands, request);
    if (replay === undefined) throw new Error('A key that was used is gone.');
    // A key under which this very request was posted: an earlier attempt whose answer was lost.
    const isOwn = written.transactionIds.includes(request.transactionId);
    return 'change' in replay && isOwn ? { ...replay, isReplay: false } : replay;
  }
  return refusalOf(written);
}
