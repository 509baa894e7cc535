/** An outcome of business that a client can act on; part of the schema, never an error of the request. */
export abstract class Refusal extends Error {
  /** Also the name of the refusal's type in the schema. */
  abstract readonly code: string;
}

/** Neither or a malformed e-mail address or telephone number. */
export class InvalidContact extends Refusal {
  readonly code = 'WalletInvalidContact';
  readonly field: 'email' | 'phone';

  constructor(field: 'email' | 'phone', message: string) {
    super(message);
    this.field = field;
  }
}

/** A text that cannot be a given name. */
export class InvalidName extends Refusal {
  readonly code = 'WalletInvalidName';
  readonly lengthMax: number;

  constructor(lengthMax: number) {
    super(`A given name has 1 to ${lengthMax} letters, with spaces, hyphens, points and apostrophes between them.`);
    this.lengthMax = lengthMax;
  }
}

/** A text that is no language tag. */
export class InvalidLocale extends Refusal {
  readonly code = 'WalletInvalidLocale';

  constructor() {
    super('A locale is a language tag of BCP 47, for instance fr-FR.');
  }
}

/** No such program, or one of a merchant that the caller does not act for: one answer for both. */
export class UnknownProgram extends Refusal {
  readonly code = 'WalletUnknownProgram';

  constructor() {
    super('There is no such program.');
  }
}

/** The program's merchant is a draft or suspended. */
export class MerchantNotLive extends Refusal {
  readonly code = 'WalletMerchantNotLive';

  constructor() {
    super('The merchant is not live: nobody can be enrolled now.');
  }
}

/** The person has a wallet in this program. */
export class AlreadyEnrolled extends Refusal {
  readonly code = 'WalletAlreadyEnrolled';
  /** UUID of the wallet that exists. */
  readonly walletId: string;

  constructor(walletId: string) {
    super('This person is enrolled in the program.');
    this.walletId = walletId;
  }
}

/** The key belongs to a command with other input. */
export class IdempotencyKeyReused extends Refusal {
  readonly code = 'WalletIdempotencyKeyReused';

  constructor() {
    super('This idempotency key was used with other input.');
  }
}

/** There is no such consumer. */
export class UnknownConsumer extends Refusal {
  readonly code = 'WalletUnknownConsumer';

  constructor() {
    super('There is no such consumer.');
  }
}

/** The login is that of somebody else. */
export class LoginAlreadyLinked extends Refusal {
  readonly code = 'WalletLoginAlreadyLinked';

  constructor() {
    super('This login is linked to another consumer.');
  }
}
