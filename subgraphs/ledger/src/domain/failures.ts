/** A failure of a request as such. Doors turn it into what their protocol says. */
export abstract class RequestFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Nobody in the caller's role may do this, whatever it is done to. */
export class Forbidden extends RequestFailed {
  constructor() {
    super('Your role does not allow this.');
  }
}

/** A value whose form no client can have got from us. */
export class InvalidInput extends RequestFailed {}

/** More commands wait than can be posted in time. */
export class Overloaded extends RequestFailed {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('More commands wait than can be posted in time. Try again with the same idempotency key.');
    this.retryAfterMs = retryAfterMs;
  }
}

/** A part of the platform did not answer in time. Whether something was posted is not known: the same key will tell. */
export class Unavailable extends RequestFailed {
  constructor(cause: unknown) {
    super('The ledger could not finish in time. Try again with the same idempotency key.', { cause });
  }
}
