import type { Balance } from '../domain/balance.ts';
import { type Preview, previewOf } from '../domain/preview.ts';
import type { CommandRefusal } from '../domain/refusals.ts';
import type { BatchResult } from '../store/run-batch.ts';
import { decideEarly, type Early } from './decide-early.ts';
import type { Intention, KeyedRequest } from './intention.ts';
import { findFirstChange } from './posted.ts';
import type { PostingCommands } from './posting-commands.ts';
import { refusalOf } from './refusal-of.ts';

/** What would become of a command if it were sent now. */
export interface Previewed extends Preview {
  /** Whether its key was used before with the same input: then it would do nothing now, and be answered what it was first. */
  isReplay: boolean;
}

/**
 * Says what would become of commands if they were sent now, in their order, each seeing what those before it would leave.
 * Nothing is written, no key is used, nobody is told.
 * @throws Overloaded, Unavailable
 */
export async function previewCommands(
  commands: Pick<PostingCommands, 'journal' | 'dryRunner'>,
  wanted: readonly (Intention | CommandRefusal)[],
): Promise<(Previewed | CommandRefusal)[]> {
  const early = await decideEarly(commands, wanted);
  const requests = early.flatMap((each) => ('request' in each ? [each.request] : []));
  const result = requests.length === 0 ? undefined : await commands.dryRunner.tryOut(requests);
  return Promise.all(early.map((each) => toPreviewed(commands, each, requests, result)));
}

async function toPreviewed(
  { journal }: Pick<PostingCommands, 'journal'>,
  early: Early,
  requests: readonly KeyedRequest[],
  result: BatchResult | undefined,
): Promise<Previewed | CommandRefusal> {
  if ('refusal' in early) return early.refusal;
  if ('first' in early) return repeated(early.first.balances);
  const index = requests.indexOf(early.request);
  const decision = result?.decisions[index];
  if (result === undefined || decision === undefined) throw new Error('A request was left without a decision.');
  const { locked, effects } = result;
  if (decision.status === 'DONE') {
    const counters = locked.counters.get(index) ?? [];
    return { ...previewOf(decision, { holders: locked.holders, newLots: effects.newLots, counters }), isReplay: false };
  }
  if (decision.status !== 'REPLAYED') return refusalOf(decision);
  const first = await findFirstChange(journal, early.request);
  if (first !== undefined) return 'code' in first ? first : repeated(first.balances);
  // An item before it has the same key and input.
  const lastId = decision.transactionIds.at(-1);
  const before = effects.transactions.find(({ id }) => id === lastId);
  return repeated(before?.changes[0]?.balances ?? []);
}

function repeated(balances: Balance[]): Previewed {
  return { isReplay: true, transactions: [], lots: [], limits: [], balances };
}
