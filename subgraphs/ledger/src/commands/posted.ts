import type { BalanceChange } from '../domain/balance-change.ts';
import { idempotencyKeyReused, type RefusalOf } from '../domain/refusals.ts';
import type { JournalDirectory } from '../store/journal-directory.ts';
import type { BalanceState } from '../store/posting-writer.ts';
import type { KeyUse } from './intention.ts';

/** What a command posted, now or when its key was used first. */
export interface Posted {
  /** The command's name, for instance `earnPoints`. */
  command: string;
  /** What its transaction did; the last one, where it posted several. */
  change: BalanceChange;
  /** Whether the key had been used before, with the same input. */
  isReplay: boolean;
  balanceState: BalanceState;
}

/** What the first use of a key did; the refusal where it had other input; undefined where the key is free. */
export async function findFirstChange(
  { findFirstResult }: JournalDirectory,
  { scope, key, inputHash }: KeyUse,
): Promise<BalanceChange | RefusalOf<'LedgerIdempotencyKeyReused'> | undefined> {
  const first = await findFirstResult({ scope, key });
  if (first === undefined) return undefined;
  if (!first.inputHash.equals(inputHash)) return idempotencyKeyReused();
  const change = first.changes.at(-1);
  if (change === undefined) throw new Error('A key was used by a command that posted nothing.');
  return change;
}

/**
 * What the key of a request that the writer knew already did.
 * @throws when the key is gone
 */
export async function findReplayed(
  journal: JournalDirectory,
  use: KeyUse,
): Promise<BalanceChange | RefusalOf<'LedgerIdempotencyKeyReused'>> {
  const first = await findFirstChange(journal, use);
  if (first === undefined) throw new Error('A key that was used is gone.');
  return first;
}
