import { createHash } from 'node:crypto';
import { canonicalText } from '../domain/canonical.ts';
import { IdempotencyKeyReused } from '../domain/refusals.ts';
import { findFirstAttempt, insertFirstAttempt } from '../store/idempotency.ts';
import type { Transaction } from '../store/transaction.ts';

/** What a command was asked, under a key that names the intent. */
export interface Asked<Input> {
  /** Merchant (`mer_…`) or `platform`: within it a key names one intent, whatever the command. */
  scope: string;
  command: string;
  idempotencyKey: string;
  input: Input;
}

/** What a command answered, now or when the key was used first. */
export type Answered<Result> = Result & { isReplay: boolean };

/**
 * Answers a key once: the first time by the work, whose effect and result commit with the key, and ever after by that result.
 * Call it under the scope's lock. A refusal rolls the transaction back, so it leaves the key free.
 * @throws IdempotencyKeyReused when the key stands for another input
 */
export async function answerOnce<Input, Result extends Record<string, unknown>>(
  transaction: Transaction,
  { scope, command, idempotencyKey, input }: Asked<Input>,
  work: () => Promise<Result>,
): Promise<Answered<Result>> {
  const inputHash = createHash('sha256').update(canonicalText(input)).digest();
  const first = await findFirstAttempt<Result>(transaction, scope, idempotencyKey);
  if (first !== undefined) {
    if (first.command !== command || !first.inputHash.equals(inputHash)) throw new IdempotencyKeyReused();
    return { ...first.result, isReplay: true };
  }
  const result = await work();
  await insertFirstAttempt(transaction, scope, idempotencyKey, { command, inputHash, result });
  return { ...result, isReplay: false };
}
