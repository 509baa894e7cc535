import type { Refusal, RefusalCode, RefusalOf } from '../domain/refusals.ts';
import type { Written } from '../store/posting-writer.ts';
import { type Intention, type KeyedRequest, keyUseOf, requestOf } from './intention.ts';
import { findFirstChange, findReplayed, type Posted } from './posted.ts';
import type { PostingCommands } from './posting-commands.ts';
import { refusalOf } from './refusal-of.ts';

/**
 * Posts what an intention decides, once for its key; a refusal in its place is answered as it is. What it looks at (terms,
 * stores, the time) may have changed since the first use of a key, so before it refuses, the key is looked for: a till that
 * asks again gets what it was answered first.
 */
export async function postOnce<Code extends RefusalCode, Early extends Refusal, Before extends Refusal>(
  commands: PostingCommands,
  wanted: Intention<Code, Early> | Before,
): Promise<Posted | RefusalOf<Code> | Early | Before | RefusalOf<'LedgerIdempotencyKeyReused'>> {
  if ('code' in wanted) return wanted;
  const decision = await wanted.decide();
  if (!('operation' in decision)) {
    const first = await findFirstChange(commands.journal, keyUseOf(wanted));
    if (first === undefined) return decision;
    if ('code' in first) return first;
    return { change: first, isReplay: true, balanceState: await commands.tellWallet([first]) };
  }
  const request = requestOf(wanted, decision);
  const result = await toResult(commands, request, await commands.writer.post(request));
  if ('change' in result || isOneOf(wanted.refusals, result)) return result;
  throw new Error(`${wanted.command} cannot be refused as ${result.code}.`);
}

function isOneOf<Code extends RefusalCode>(codes: readonly Code[], refusal: Refusal): refusal is RefusalOf<Code> {
  return codes.some((code) => code === refusal.code);
}

async function toResult(
  { journal, tellWallet }: PostingCommands,
  request: KeyedRequest,
  written: Written,
): Promise<Posted | Refusal> {
  if (written.status === 'DONE') {
    const change = written.transactions.at(-1)?.changes[0];
    if (change === undefined) throw new Error(`${request.command} posted nothing.`);
    return { change, isReplay: false, balanceState: written.balanceState };
  }
  if (written.status !== 'REPLAYED') return refusalOf(written);
  const first = await findReplayed(journal, request);
  if ('code' in first) return first;
  // A key under which this very request was posted: an earlier attempt whose answer was lost.
  const isReplay = !written.transactionIds.includes(request.transactionId);
  return { change: first, isReplay, balanceState: await tellWallet([first]) };
}
