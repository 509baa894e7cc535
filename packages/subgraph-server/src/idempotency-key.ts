import { requestFailure } from './request-failure.ts';

const form = '1 to 128 of A-Z a-z 0-9 . _ : / -';
/** Keys are kept for good, so they are held to a form that no personal data takes by accident. */
const pattern = /^[A-Za-z0-9._:/-]{1,128}$/;

/** What an idempotency key is, for clients: the same for every mutation of every subgraph. */
export const idempotencyKeyDescription = `Chosen by the client once for one intention, and sent again with every retry. ${form}, no personal data.`;

/** What `isReplay` says in the answer to a command, for clients. */
export const isReplayDescription = 'Whether an earlier command with this key did it.';

/** Whether a text may be an idempotency key. */
export function isIdempotencyKey(text: string): boolean {
  return pattern.test(text);
}

/**
 * Refuses what cannot be an idempotency key: a fault of the client's program, not an outcome.
 * @throws a request failure with BAD_USER_INPUT
 */
export function demandIdempotencyKey(text: string): void {
  if (!isIdempotencyKey(text)) throw requestFailure('BAD_USER_INPUT', `idempotencyKey must be ${form}.`);
}
