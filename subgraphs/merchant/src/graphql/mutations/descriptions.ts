/** What an idempotency key is, for clients. */
export const idempotencyKeyDescription =
  'Chosen by the client once for one intention, and sent again with every retry. 1 to 64 of A-Z a-z 0-9 . _ / -, no personal data.';

/** What `isReplay` is. */
export const isReplayDescription = 'Whether an earlier command with this key did it.';

/** What the version of the merchant in an answer is. */
export const merchantVersionDescription = "The merchant's version after the change.";
