/** What becomes of the fraction of a point. */
export type Rounding = 'DOWN' | 'HALF_UP' | 'UP';

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
}

/** A loyalty program and what the ledger knows of its merchant. Ids are UUIDs. */
export interface Program {
  id: string;
  merchantId: string;
  /** ISO 4217 code of the currency that purchases are made in. */
  currency: string;
  pointAssetCode: string;
  /** Never empty; ascending by version. */
  versions: readonly ProgramVersion[];
  /** All stores of the merchant. */
  storeIds: readonly string[];
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
