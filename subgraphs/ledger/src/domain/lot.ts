/** What a lot's value is: points, value that somebody paid for, or value that was given. */
export type Category = 'POINTS' | 'PAID' | 'PROMOTIONAL';

/** How VAT treats a lot, frozen when it is granted. Points that only lower a further purchase are a discount on it. */
export type VatType = 'DISCOUNT' | 'SPV' | 'MPV' | 'NONE';

/** When a lot can be spent. */
export interface LotPeriod {
  /** Pending before; undefined: active at once. */
  activatesAt: Date | undefined;
  /** Not spendable from then on; undefined: without end, unless inactivity ends it. */
  expiresAt: Date | undefined;
  /** Ends when the holder was inactive for so many days; never together with `expiresAt`. */
  inactivityDays: number | undefined;
}

/** Value that came together, and where every unit of it is. Ids are UUIDs; amounts in the asset's smallest unit. */
export interface Lot extends LotPeriod {
  id: string;
  holderId: string;
  assetId: number;
  category: Category;
  vatType: VatType;
  programVersion: number;
  earnedAt: Date;
  /** The transaction that granted it. Known of new lots alone. */
  transactionId: string | undefined;
  /** The lot that it was split off from by a transfer or a graced refund. */
  originLotId: string | undefined;
  /** Never changes: the sum of the six amounts below. */
  granted: bigint;
  pending: bigint;
  available: bigint;
  held: bigint;
  spent: bigint;
  expired: bigint;
  revoked: bigint;
}

const dayMs = 24 * 60 * 60 * 1_000;

/**
 * The instant from which a lot cannot be spent; undefined: none.
 * @param activeAt the holder's newest earning or spending
 */
export function endOf(lot: Lot, activeAt: Date | undefined): Date | undefined {
  if (lot.inactivityDays === undefined) return lot.expiresAt;
  const lastActive = Math.max(lot.earnedAt.getTime(), activeAt?.getTime() ?? 0);
  return new Date(lastActive + lot.inactivityDays * dayMs);
}

/** Whether a lot has ended by an instant. */
export function hasEnded(lot: Lot, activeAt: Date | undefined, at: Date): boolean {
  const end = endOf(lot, activeAt);
  return end !== undefined && end <= at;
}

/**
 * Orders lots as they are spent: soonest end first, without an end last. Of lots that end together the one that was granted
 * less comes first, so that fewer stay open; of equal ones the older.
 */
export function bySoonestEnd(activeAt: Date | undefined): (a: Lot, b: Lot) => number {
  const endMs = (lot: Lot) => endOf(lot, activeAt)?.getTime() ?? Number.POSITIVE_INFINITY;
  return (a, b) => {
    const [endOfA, endOfB] = [endMs(a), endMs(b)];
    if (endOfA !== endOfB) return endOfA < endOfB ? -1 : 1;
    if (a.granted !== b.granted) return a.granted < b.granted ? -1 : 1;
    return a.id < b.id ? -1 : Number(a.id > b.id);
  };
}
