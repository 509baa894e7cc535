import { smallerOf } from '../amount.ts';
import type { Asset, Balance } from '../balance.ts';
import type { AccountPart } from '../chart-of-accounts.ts';
import type { Hold } from '../hold.ts';
import type { Holder } from '../holder.ts';
import { bySoonestEnd, type Lot } from '../lot.ts';

/** What a holder has of one asset, by the parts of its accounts. */
export interface Parts {
  asset: Asset;
  PENDING: bigint;
  AVAILABLE: bigint;
  HELD: bigint;
  OWED: bigint;
}

/** What a batch knows of a holder whose lock it has. Decisions change it, so that the next one sees what the last one left. */
export interface HolderState {
  readonly holder: Holder;
  version: bigint;
  /** Nothing becomes due before; may be too early. */
  dueAt: Date | undefined;
  activeAt: Date | undefined;
  /** Whether its merchant may move value. */
  isLive: boolean;
  /** By the database's number of the asset. */
  parts: Map<number, Parts>;
  /** Those that the batch has read or made. */
  lots: Map<string, Lot>;
  holds: Map<string, Hold>;
  /** The last lot of each group that was read only in part: what ends later may come after lots that were not read. */
  lastLotsRead: Lot[];
}

/** Makes the parts of a holder that has nothing. */
export function emptyParts(holder: Holder): Map<number, Parts> {
  const parts = new Map<number, Parts>();
  for (const { assetId, asset } of holder.accounts) {
    if (!parts.has(assetId)) parts.set(assetId, { asset, PENDING: 0n, AVAILABLE: 0n, HELD: 0n, OWED: 0n });
  }
  return parts;
}

/** @throws when the holder has no account in the asset */
export function partsOf(state: HolderState, assetId: number): Parts {
  const parts = state.parts.get(assetId);
  if (parts === undefined) throw new Error(`Holder ${state.holder.id} has no asset ${assetId}.`);
  return parts;
}

/** The balance that the parts make. */
export function balanceOf({ asset, PENDING, AVAILABLE, HELD, OWED }: Parts): Balance {
  return { asset, posted: PENDING + AVAILABLE + HELD - OWED, pending: PENDING, held: HELD };
}

/** What can be spent: what is available, less what is owed. */
export function spendableOf({ AVAILABLE, OWED }: Parts): bigint {
  return AVAILABLE - OWED;
}

/** All balances of a holder, in the order of their assets' codes. */
export function balancesOf(state: HolderState): Balance[] {
  return [...state.parts.values()].map(balanceOf).sort((a, b) => (a.asset.code < b.asset.code ? -1 : 1));
}

/** Raises or lowers a part of a balance. */
export function change(state: HolderState, assetId: number, part: Exclude<AccountPart, 'ISSUER'>, by: bigint): void {
  partsOf(state, assetId)[part] += by;
}

/** More lots have to be read before the decision can be made. */
export class LotsMissing extends Error {
  readonly holder: Holder;

  constructor(holder: Holder) {
    super(`More lots of holder ${holder.id} have to be read.`);
    this.name = 'LotsMissing';
    this.holder = holder;
  }
}

/** A share of a lot. */
export interface Share {
  lot: Lot;
  amount: bigint;
}

/**
 * Chooses the lots to take an amount of available value from, soonest end first. The holder must have that much.
 * @throws LotsMissing
 */
export function chooseLots(state: HolderState, assetId: number, amount: bigint): Share[] {
  const inOrder = bySoonestEnd(state.activeAt);
  const lots = [...state.lots.values()].filter((lot) => lot.assetId === assetId && lot.available > 0n).sort(inOrder);
  const shares: Share[] = [];
  let missing = amount;
  for (const lot of lots) {
    if (missing === 0n) break;
    if (state.lastLotsRead.some((last) => inOrder(lot, last) > 0)) throw new LotsMissing(state.holder);
    const taken = smallerOf(lot.available, missing);
    shares.push({ lot, amount: taken });
    missing -= taken;
  }
  if (missing > 0n) throw new LotsMissing(state.holder);
  return shares;
}
