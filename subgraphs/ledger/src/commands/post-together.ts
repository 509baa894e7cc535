import { type CommandRefusal, groupKeyUsed, groupRefused } from '../domain/refusals.ts';
import type { Written } from '../store/posting-writer.ts';
import { decideEarly, type Early } from './decide-early.ts';
import type { Intention } from './intention.ts';
import { type Outcome, toOutcome } from './outcome.ts';
import { findFirstChange, type Posted } from './posted.ts';
import type { PostingCommands } from './posting-commands.ts';

/**
 * Commands that are handed to the writer at a time when each stands for itself: tills that post meanwhile get between them.
 * Measured, a hundred are done faster than three times 32, and more gain nothing.
 */
const commandsPerUnit = 100;

/** What became of commands that came together, in their order. */
export interface PostedTogether {
  outcomes: (Posted | CommandRefusal)[];
  /** Whether anything was written now. */
  isWritten: boolean;
}

/**
 * Posts what came together, in its order: each command by itself, or all or none of them. Of an atomic group either every
 * key is new or every key was used: then it answers what it was answered first.
 */
export async function postTogether(
  commands: PostingCommands,
  wanted: readonly (Intention | CommandRefusal)[],
  { isAtomic }: { isAtomic: boolean },
): Promise<PostedTogether> {
  const early = await decideEarly(commands, wanted);
  const outcomes = isAtomic ? await postGroup(commands, early) : await postEach(commands, early);
  const replayed = outcomes.flatMap((outcome) => ('first' in outcome ? [outcome.first] : []));
  const balanceState = replayed.length === 0 ? 'CURRENT' : await commands.tellWallet(replayed);
  return {
    outcomes: outcomes.map((outcome) => {
      if (!('first' in outcome)) return outcome;
      const { command, first: change, isReplay } = outcome;
      return { command, change, isReplay, balanceState };
    }),
    isWritten: outcomes.some((outcome) => 'isReplay' in outcome && !outcome.isReplay),
  };
}

async function postGroup(commands: PostingCommands, early: readonly Early[]): Promise<Outcome[]> {
  const requests = early.flatMap((each) => ('request' in each ? [each.request] : []));
  if (requests.length < early.length) return refuseOrRepeat(commands, early);
  const written = await commands.writer.postAll(requests, { isAtomic: true });
  const isWhole = written.every(({ status }) => status === 'DONE' || status === 'REPLAYED');
  return Promise.all(
    requests.map((request, index) => {
      const each = writtenAt(written, index);
      return each.status === 'REPLAYED' && !isWhole ? groupKeyUsed() : toOutcome(commands.journal, request, each);
    }),
  );
}

/** Of a group that cannot be carried out now: what it was answered first, if it was carried out before, or else why not. */
async function refuseOrRepeat({ journal }: PostingCommands, early: readonly Early[]): Promise<Outcome[]> {
  const known = await Promise.all(
    early.map(async (each) => {
      if (!('request' in each)) return each;
      const first = await findFirstChange(journal, each.request);
      if (first === undefined) return { refusal: groupRefused() };
      return 'code' in first ? { refusal: first } : { command: each.request.command, first };
    }),
  );
  const isRepeated = known.every((each) => 'first' in each);
  return known.map((each) => {
    if ('refusal' in each) return each.refusal;
    return isRepeated ? { ...each, isReplay: true } : groupKeyUsed();
  });
}

async function postEach(commands: PostingCommands, early: readonly Early[]): Promise<Outcome[]> {
  const requests = early.flatMap((each) => ('request' in each ? [each.request] : []));
  const written: Written[] = [];
  // One after the other: a command sees what those before it left.
  for (let from = 0; from < requests.length; from += commandsPerUnit) {
    const unit = requests.slice(from, from + commandsPerUnit);
    written.push(...(await commands.writer.postAll(unit, { isAtomic: false })));
  }
  let next = 0;
  return Promise.all(
    early.map((each) => {
      if ('refusal' in each) return each.refusal;
      if ('first' in each) return { ...each, isReplay: true };
      const index = next;
      next += 1;
      return toOutcome(commands.journal, each.request, writtenAt(written, index));
    }),
  );
}

function writtenAt(written: readonly Written[], index: number): Written {
  const each = written[index];
  if (each === undefined) throw new Error('A request was left without an answer.');
  return each;
}
