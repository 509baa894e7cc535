/** It is kept for good, so it is held to a form that no personal data takes by accident. */
const form = /^[A-Za-z0-9._/-]{1,64}$/;

/** An idempotency key that is out of its form: a fault of the client's program, not an outcome. */
export class MalformedIdempotencyKey extends Error {
  constructor() {
    super('idempotencyKey must be 1 to 64 of A-Z a-z 0-9 . _ / -.');
    this.name = 'MalformedIdempotencyKey';
  }
}

/** @throws MalformedIdempotencyKey */
export function requireIdempotencyKey(key: string): void {
  if (!form.test(key)) throw new MalformedIdempotencyKey();
}
