import type { DeadLetterOffice, KeptDeadLetter, ReleaseAction } from '@localplus/event-bus';
import { detailsOf, tableOf } from './describe-letters.ts';
import { type DeadLetterCommand, UsageError } from './options.ts';
import { type ReleaseEnd, releaseLetters } from './release-letters.ts';

/** A consumer that runs takes a second or two, one that has to be restarted does not come within a minute. */
const waitMs = 30_000;

/**
 * Does what the operator asks for and says what came of it, line by line.
 * @returns whether all of it is done
 * @throws UsageError when there is no such dead letter; ReleaseRefused when it cannot be replayed
 */
export async function runCommand(
  office: DeadLetterOffice,
  command: DeadLetterCommand,
  line: (text: string) => void,
): Promise<boolean> {
  const letters = await office.letters();
  if (command.verb === 'list') {
    line(letters.length === 0 ? 'There are no dead letters.' : tableOf(letters));
    return true;
  }
  if (command.verb === 'show') {
    line(detailsOf(findById(letters, command.id)));
    return true;
  }
  if (command.verb === 'discard') return release(office, [findById(letters, command.id)], 'discard', line);
  const chosen = choose(letters, command.which);
  if (chosen.length === 0) line('There is nothing to replay.');
  return release(office, chosen, 'replay', line);
}

function findById(letters: readonly KeptDeadLetter[], id: string): KeptDeadLetter {
  const found = letters.find((letter) => letter.id === id);
  if (!found) throw new UsageError(`There is no dead letter ${id}.`);
  return found;
}

function choose(letters: readonly KeptDeadLetter[], which: { idOrKey: string } | 'all'): KeptDeadLetter[] {
  if (which === 'all') return letters.filter(({ scope }) => scope !== 'replica');
  const found = letters.filter(({ id, key }) => id === which.idOrKey || key === which.idOrKey);
  if (found.length === 0) throw new UsageError(`There is no dead letter ${which.idOrKey}, nor one of that key.`);
  return found;
}

async function release(
  office: DeadLetterOffice,
  letters: readonly KeptDeadLetter[],
  action: ReleaseAction,
  line: (text: string) => void,
): Promise<boolean> {
  let isAllReleased = true;
  for await (const { letter, end } of releaseLetters(office, letters, action, waitMs)) {
    line(sentenceOn(letter, action, end));
    if (end.how !== 'released') isAllReleased = false;
  }
  return isAllReleased;
}

function sentenceOn(letter: KeptDeadLetter, action: ReleaseAction, end: ReleaseEnd): string {
  const done = action === 'replay' ? 'handled' : 'given up';
  if (end.how === 'released') return `${letter.id} is ${done}; ${letter.consumer} goes on with its key.`;
  if (end.how === 'not yet done') {
    return `${letter.id} waits: no process of ${letter.consumer} has done it. The next that runs will; it is not forgotten.`;
  }
  const { id, parked, reason } = end.letter;
  if (id === letter.id) return `${id} failed again, and its key stays paused with ${parked} parked: ${reason}`;
  return `${letter.id} is ${done}, but ${id} behind it failed: its key stays paused with ${parked} parked: ${reason}`;
}
