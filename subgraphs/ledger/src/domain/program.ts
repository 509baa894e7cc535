/** What becomes of the fraction of a point. */
export type Rounding = 'DOWN' | 'HALF_UP' | 'UP';

/**
 * How long points are valid, counted from the instant when they were earned, in the program's time zone:
 * DAYS: so many days, to the same time of day; FIXED_DATE: to the end of a calendar date (`2027-06-30`); END_OF_MONTH: to the
 * end of the n-th month after the month of earning, 0 is that month; INACTIVITY: so many days after the holder's last activity.
 */
export type Validity =
  | { kind: 'UNLIMITED' }
  | { kind: 'DAYS'; days: number }
  | { kind: 'FIXED_DATE'; on: string }
  | { kind: 'END_OF_MONTH'; months: number }
  | { kind: 'INACTIVITY'; days: number };

/**
 * What may happen when the points of a returned purchase were spent already. NEVER: as many are taken back as are there;
 * WITHIN_PENDING: the rest becomes a debt, up to the holder's pending points; UNLIMITED: a debt of any size.
 */
export type NegativeBalance = 'NEVER' | 'WITHIN_PENDING' | 'UNLIMITED';

/** The terms of a program from one instant on. */
export interface ProgramVersion {
  /** 1, 2, 3, … */
  version: number;
  startsAt: Date;
  /** Points for each `perAmountMinor` of a purchase. Above zero. */
  points: bigint;
  /** Minor units of the program's currency. Above zero. */
  perAmountMinor: bigint;
  rounding: Rounding;
  /** Purchases below earn nothing; minor units, 0 means no minimum. */
  minimumPurchaseMinor: bigint;
  /** Days that points stay pending after they were earned; 0 means active at once. */
  activationDelayDays: number;
  validity: Validity;
  negativeBalance: NegativeBalance;
  /** Days, from a refund on, that value given back to an expired lot is valid; 0 means not at all. */
  refundGraceDays: number;
}

/** A loyalty program and what the ledger knows of its merchant. Ids are UUIDs. */
export interface Program {
  id: string;
  merchantId: string;
  /** ISO 4217 code of the currency that purchases are made in. */
  currency: string;
  pointAssetCode: string;
  /** IANA name of the time zone, its merchant's, in which dates, days and ends of months are meant. */
  timeZone: string;
  /** ISO 3166-1 alpha-2 code of its merchant's country. */
  country: string;
  /** Never empty; ascending by version. */
  versions: readonly ProgramVersion[];
  /** All stores of the merchant. */
  storeIds: readonly string[];
}

/** The validity that was told as a number of days, where 0 stands for "without end". */
export function validityOfDays(days: number): Validity {
  return days === 0 ? { kind: 'UNLIMITED' } : { kind: 'DAYS', days };
}

/**
 * The terms in force at an instant: the highest version that has started by then. What happened before the first version
 * is rated by that one, because no other terms were ever promised.
 */
export function versionInForce(versions: readonly ProgramVersion[], at: Date): ProgramVersion {
  const first = versions[0];
  if (first === undefined) throw new Error('A program has no version.');
  return versions.findLast((version) => version.startsAt <= at) ?? first;
}
