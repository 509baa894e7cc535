import type { BalanceChange } from '../domain/balance-change.ts';
import type { CommandRefusal } from '../domain/refusals.ts';
import type { JournalDirectory } from '../store/journal-directory.ts';
import type { Written } from '../store/posting-writer.ts';
import type { KeyedRequest } from './intention.ts';
import { findReplayed, type Posted } from './posted.ts';
import { refusalOf } from './refusal-of.ts';

/** What became of a request. Of what its key did before, the wallet is yet to be told. */
export type Outcome = Posted | CommandRefusal | { command: string; first: BalanceChange; isReplay: boolean };

/** Says what the writer did with a request. */
export async function toOutcome(journal: JournalDirectory, request: KeyedRequest, written: Written): Promise<Outcome> {
  const { command } = request;
  if (written.status === 'DONE') {
    const change = written.transactions.at(-1)?.changes[0];
    if (change === undefined) throw new Error(`${command} posted nothing.`);
    return { command, change, isReplay: false, balanceState: written.balanceState };
  }
  if (written.status !== 'REPLAYED') return refusalOf(written);
  const first = await findReplayed(journal, request);
  if ('code' in first) return first;
  // A key under which this very request was posted: an earlier attempt whose answer was lost.
  return { command, first, isReplay: !written.transactionIds.includes(request.transactionId) };
}
