import { requestFailure } from '@localplus/subgraph-server';

const keyForm = /^[A-Za-z0-9._/-]{1,64}$/;

/** What an idempotency key is, for clients. */
export const idempotencyKeyDescription =
  'Chosen by the client once for one intention, and sent again with every retry. 1 to 64 of A-Z a-z 0-9 . _ / -, no personal data.';

/** Refuses a key that is out of its form. */
export function checkIdempotencyKey(key: string): string {
  if (keyForm.test(key)) return key;
  throw requestFailure('BAD_USER_INPUT', 'idempotencyKey must be 1 to 64 of A-Z a-z 0-9 . _ / -.');
}
