/** Topic of the loyalty programs' full state; key: the program; compacted. */
export const PROGRAM_CHANGED = 'localplus.merchant.program-changed.v1';

/** A loyalty program with all its versions as it is after a change. */
export type ProgramChanged = {
  /** `prg_…` */
  readonly programId: string;
  readonly merchantId: string;
  /** ISO 4217 code of the currency that purchases are made in. */
  readonly currency: string;
  /** Code of the point asset: `PTS.` and the program's identifier. */
  readonly pointAssetCode: string;
  /** Raised by one with each change of the program, a decimal string. */
  readonly programVersion: string;
  /** Ascending by version. */
  readonly versions: readonly ProgramChangedVersion[];
};

/** The terms of a program from one instant on. */
export type ProgramChangedVersion = {
  /** 1, 2, 3, … */
  readonly version: number;
  /** RFC 3339. */
  readonly startsAt: string;
  /** Name of one point, for instance `croissant`. */
  readonly pointName: string;
  /** Points earned for each `perAmountMinor`, a decimal string. */
  readonly points: string;
  /** Minor units of the currency that earn `points`, a decimal string. */
  readonly perAmountMinor: string;
  readonly rounding: 'DOWN' | 'HALF_UP' | 'UP';
  /** Purchases below earn nothing; minor units, a decimal string; `0` means no minimum. */
  readonly minimumPurchaseMinor: string;
  /** Days that a point is valid; 0 means without end, unless `validity` says otherwise. Superseded by `validity`. */
  readonly pointValidityDays: number;
  /** Days that points stay pending after they were earned; absent means 0. */
  readonly activationDelayDays?: number;
  /** Absent means what `pointValidityDays` says. */
  readonly validity?: ProgramChangedValidity;
  /** What a return of spent points may lead to; absent means `NEVER`. */
  readonly negativeBalance?: 'NEVER' | 'WITHIN_PENDING' | 'UNLIMITED';
  /** Days, from a refund on, that value given back to an expired lot is valid; absent means 0. */
  readonly refundGraceDays?: number;
};

/** How long a point is valid, in the merchant's time zone. Dates are calendar dates, `2027-06-30`. */
export type ProgramChangedValidity =
  | { readonly kind: 'UNLIMITED' }
  | { readonly kind: 'DAYS'; readonly days: number }
  | { readonly kind: 'FIXED_DATE'; readonly on: string }
  | { readonly kind: 'END_OF_MONTH'; readonly months: number }
  | { readonly kind: 'INACTIVITY'; readonly days: number };
