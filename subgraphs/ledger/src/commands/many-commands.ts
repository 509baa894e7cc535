import type { Caller } from '@localplus/identity';
import { type CommandRefusal, invalidCommand, invalidCommandCount, type RefusalOf } from '../domain/refusals.ts';
import { type Command, prepareCommand } from './command.ts';
import type { Intention } from './intention.ts';
import { type PostedTogether, postTogether } from './post-together.ts';
import type { PostingCommands } from './posting-commands.ts';
import { type Previewed, previewCommands } from './preview-commands.ts';

/**
 * A thousand earnings without lines are 400 kB of a request, which may have 1 MB, and half of what the writer lets wait: two
 * bulks at once do not turn tills away. As one atomic group they hold their locks for half a second on two busy cores, a
 * quarter of what others wait for a lock.
 */
export const commandsMax = 1_000;
/** A basket, or a row of tills: whoever tries something out locks what others post to, for nothing that will be kept. */
export const previewedCommandsMax = 100;

/** An item of many: exactly one command. */
export type Item = readonly Command[];

/**
 * Posts commands of any kind, for any wallets that the caller acts for, in their order: each by itself, or all or none.
 * Rights are decided for each.
 * @throws Overloaded, Unavailable; then each key tells whether its command was carried out
 */
export async function carryOutMany(
  commands: PostingCommands,
  { items, isAtomic }: { items: readonly Item[]; isAtomic: boolean },
  caller: Caller,
): Promise<PostedTogether | RefusalOf<'LedgerInvalidCommandCount'>> {
  if (items.length === 0 || items.length > commandsMax) return invalidCommandCount(commandsMax);
  return postTogether(commands, await prepareAll(commands, items, caller), { isAtomic });
}

/**
 * Says what would become of commands if they were sent now.
 * @throws Overloaded, Unavailable
 */
export async function previewMany(
  commands: PostingCommands,
  items: readonly Item[],
  caller: Caller,
): Promise<(Previewed | CommandRefusal)[] | RefusalOf<'LedgerInvalidCommandCount'>> {
  if (items.length === 0 || items.length > previewedCommandsMax) return invalidCommandCount(previewedCommandsMax);
  return previewCommands(commands, await prepareAll(commands, items, caller));
}

function prepareAll(
  commands: PostingCommands,
  items: readonly Item[],
  caller: Caller,
): Promise<(Intention | CommandRefusal)[]> {
  return Promise.all(
    items.map(async ([command, ...others]) =>
      command === undefined || others.length > 0 ? invalidCommand() : prepareCommand(commands, command, caller),
    ),
  );
}
