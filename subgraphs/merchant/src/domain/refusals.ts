import type { GoLiveRequirement, MerchantStatus } from './merchant-status.ts';

/** An outcome of business that a client can act on; part of the schema, never an error of the request. */
export abstract class Refusal extends Error {
  /** Also the name of the refusal's type in the schema. */
  abstract readonly code: string;
}

/** No such merchant, or one that the caller has nothing to do with: one answer for both. */
export class MerchantUnknown extends Refusal {
  readonly code = 'MerchantUnknown';

  constructor() {
    super('There is no such merchant.');
  }
}

/** One field of an input that breaks a rule. */
export interface InputProblem {
  /** Path of the field, for instance `owner.displayName`. */
  field: string;
  /** What the field must be. Never repeats the value. */
  message: string;
}

/** One or more fields of the input break a rule. */
export class InvalidInput extends Refusal {
  readonly code = 'MerchantInvalidInput';
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    super(problems.map(({ field, message }) => `${field}: ${message}`).join(' '));
    this.problems = problems;
  }
}

/** The idempotency key was used before, with other input. */
export class IdempotencyKeyReused extends Refusal {
  readonly code = 'MerchantIdempotencyKeyReused';

  constructor() {
    super('This idempotency key was used before with other input. Use a new key for each new intent.');
  }
}

/** The merchant's status does not allow the change. */
export class InvalidStatus extends Refusal {
  readonly code = 'MerchantInvalidStatus';
  readonly status: MerchantStatus;

  constructor(status: MerchantStatus) {
    super(`The merchant is ${status}; this change is not possible from there.`);
    this.status = status;
  }
}

/** What a merchant needs before it goes live is missing. */
export class NotReady extends Refusal {
  readonly code = 'MerchantNotReady';
  readonly missing: readonly GoLiveRequirement[];

  constructor(missing: readonly GoLiveRequirement[]) {
    super(`Before the merchant can go live it needs at least one ${missing.join(' and one ').toLowerCase()}.`);
    this.missing = missing;
  }
}

/** As many of the kind exist as one merchant, or one partner, may have. */
export class LimitReached extends Refusal {
  readonly code = 'MerchantLimitReached';
  readonly countMax: number;

  constructor(what: string, countMax: number) {
    super(`There can be at most ${countMax} ${what}.`);
    this.countMax = countMax;
  }
}

/** A store that is none of the merchant's. */
export class UnknownStore extends Refusal {
  readonly code = 'MerchantUnknownStore';

  constructor() {
    super('One of the stores is none of this merchant.');
  }
}

/** No such staff member, or one of a merchant that the caller has nothing to do with. */
export class UnknownStaffMember extends Refusal {
  readonly code = 'MerchantUnknownStaffMember';

  constructor() {
    super('There is no such staff member.');
  }
}

/** The login is already staff of the merchant. */
export class StaffMemberExists extends Refusal {
  readonly code = 'MerchantStaffMemberExists';

  constructor() {
    super('This login is already staff of the merchant. Change its role or stores instead.');
  }
}

/** The change would leave the merchant without an owner. */
export class LastOwner extends Refusal {
  readonly code = 'MerchantLastOwner';

  constructor() {
    super('This is the only owner. Make somebody else owner first.');
  }
}

/** No such program, or one of a merchant that the caller has nothing to do with. */
export class UnknownProgram extends Refusal {
  readonly code = 'MerchantUnknownProgram';

  constructor() {
    super('There is no such loyalty program.');
  }
}

/** The start of a program version is out of its bounds. */
export class InvalidStart extends Refusal {
  readonly code = 'MerchantInvalidStart';
  readonly earliestStartsAt: Date;
  readonly latestStartsAt: Date;

  constructor(earliestStartsAt: Date, latestStartsAt: Date) {
    super(`The version may start from ${earliestStartsAt.toISOString()} to ${latestStartsAt.toISOString()}.`);
    this.earliestStartsAt = earliestStartsAt;
    this.latestStartsAt = latestStartsAt;
  }
}

/** No such partner, or one of a merchant that the caller has nothing to do with. */
export class UnknownPartner extends Refusal {
  readonly code = 'MerchantUnknownPartner';

  constructor() {
    super('There is no such partner.');
  }
}

/** No such key, or one of a merchant that the caller has nothing to do with. */
export class UnknownPartnerKey extends Refusal {
  readonly code = 'MerchantUnknownPartnerKey';

  constructor() {
    super('There is no such partner key.');
  }
}
