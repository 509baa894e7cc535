import type { CommandRefusal, Refusal, RefusalCode, RefusalOf } from '../domain/refusals.ts';
import { type Intention, keyUseOf, requestOf } from './intention.ts';
import { toOutcome } from './outcome.ts';
import { findFirstChange, type Posted } from './posted.ts';
import type { PostingCommands } from './posting-commands.ts';

/**
 * Posts what an intention decides, once for its key; a refusal in its place is answered as it is. What it looks at (terms,
 * stores, the time) may have changed since the first use of a key, so before it refuses, the key is looked for: a till that
 * asks again gets what it was answered first.
 */
export async function postOnce<Code extends RefusalCode, Early extends CommandRefusal, Before extends CommandRefusal>(
  commands: PostingCommands,
  wanted: Intention<Code, Early> | Before,
): Promise<Posted | RefusalOf<Code> | Early | Before | RefusalOf<'LedgerIdempotencyKeyReused'>> {
  if ('code' in wanted) return wanted;
  const decision = await wanted.decide();
  if (!('operation' in decision)) {
    const first = await findFirstChange(commands.journal, keyUseOf(wanted));
    if (first === undefined) return decision;
    if ('code' in first) return first;
    const balanceState = await commands.tellWallet([first]);
    return { command: wanted.command, change: first, isReplay: true, balanceState };
  }
  const request = requestOf(wanted, decision);
  const outcome = await toOutcome(commands.journal, request, await commands.writer.post(request));
  if ('first' in outcome) {
    const { first: change, command, isReplay } = outcome;
    return { command, change, isReplay, balanceState: await commands.tellWallet([change]) };
  }
  if ('change' in outcome || isOneOf(wanted.refusals, outcome)) return outcome;
  throw new Error(`${wanted.command} cannot be refused as ${outcome.code}.`);
}

function isOneOf<Code extends RefusalCode>(codes: readonly Code[], refusal: Refusal): refusal is RefusalOf<Code> {
  return codes.some((code) => code === refusal.code);
}
