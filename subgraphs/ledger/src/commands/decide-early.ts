import type { BalanceChange } from '../domain/balance-change.ts';
import type { CommandRefusal } from '../domain/refusals.ts';
import { type Intention, type KeyedRequest, keyUseOf, requestOf } from './intention.ts';
import { findFirstChange } from './posted.ts';
import type { PostingCommands } from './posting-commands.ts';

/** What is known of a command before anything is locked: what to post, why not, or what its key did before. */
export type Early = { request: KeyedRequest } | { refusal: CommandRefusal } | { command: string; first: BalanceChange };

/** Decides what can be decided of commands before anything is locked. Each look-up is one statement for all of them. */
export function decideEarly(
  commands: Pick<PostingCommands, 'journal'>,
  wanted: readonly (Intention | CommandRefusal)[],
): Promise<Early[]> {
  return Promise.all(wanted.map((each) => decideOne(commands, each)));
}

async function decideOne(
  { journal }: Pick<PostingCommands, 'journal'>,
  wanted: Intention | CommandRefusal,
): Promise<Early> {
  if ('code' in wanted) return { refusal: wanted };
  const decision = await wanted.decide();
  if ('operation' in decision) return { request: requestOf(wanted, decision) };
  const first = await findFirstChange(journal, keyUseOf(wanted));
  if (first === undefined) return { refusal: decision };
  return 'code' in first ? { refusal: first } : { command: wanted.command, first };
}
