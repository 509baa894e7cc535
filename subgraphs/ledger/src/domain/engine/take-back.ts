import { smallerOf, sumOf } from '../amount.ts';
import type { Lot } from '../lot.ts';
import type { NegativeBalance } from '../program.ts';
import type { Original } from '../transaction.ts';
import type { Entry } from './entry.ts';
import { chooseLots, type HolderState, partsOf } from './holder-state.ts';

/** What a purchase earned, and how much of it was taken back since. */
export function earnedBy(
  { holder }: HolderState,
  { transaction, later }: Original,
): { earned: bigint; takenBack: bigint } {
  const isCost = (id: string) => holder.accounts.find((account) => account.id === id)?.kind === 'POINTS_COST';
  return {
    earned: sumOf(transaction.postings.filter((p) => isCost(p.debitAccountId)).map(({ amount }) => amount)),
    takenBack: sumOf(
      later.flatMap(({ postings }) => postings.filter((p) => isCost(p.creditAccountId)).map(({ amount }) => amount)),
    ),
  };
}

/** How much can be taken back, and how much of it would have to be owed. */
export interface TakingBack {
  fromOwnLots: { lot: Lot; pending: bigint; available: bigint }[];
  fromOthers: bigint;
  owed: bigint;
  /** What is left: it may not be owed. */
  uncollected: bigint;
}

/**
 * Plans to take back points of a purchase: from its own lot first, what is pending before what is active, then from the
 * other lots, soonest end first. What was spent is owed as far as the program's terms let it be. Holds are left alone.
 */
export function planTakingBack(
  state: HolderState,
  original: Original,
  amount: bigint,
  negativeBalance: NegativeBalance,
): TakingBack {
  let missing = amount;
  const fromOwnLots = ownLots(state, original).map((lot) => {
    const pending = smallerOf(lot.pending, missing);
    const available = smallerOf(lot.available, missing - pending);
    missing -= pending + available;
    return { lot, pending, available };
  });
  const assetId = original.transaction.postings[0]?.assetId;
  if (assetId === undefined) return { fromOwnLots, fromOthers: 0n, owed: 0n, uncollected: missing };

  const parts = partsOf(state, assetId);
  const takenFromOwn = sumOf(fromOwnLots.map(({ available }) => available));
  const fromOthers = smallerOf(parts.AVAILABLE - takenFromOwn, missing);
  missing -= fromOthers;
  const pendingLeft = parts.PENDING - sumOf(fromOwnLots.map(({ pending }) => pending));
  const debtRoom = {
    NEVER: 0n,
    WITHIN_PENDING: pendingLeft > parts.OWED ? pendingLeft - parts.OWED : 0n,
    UNLIMITED: missing,
  }[negativeBalance];
  const owed = smallerOf(debtRoom, missing);
  return { fromOwnLots, fromOthers, owed, uncollected: missing - owed };
}

/** Carries a plan out. */
export function takeBack(entry: Entry, state: HolderState, assetId: number, plan: TakingBack): void {
  for (const { lot, pending, available } of plan.fromOwnLots) {
    if (pending > 0n) entry.move('revokePending', state, lot, pending);
    if (available > 0n) entry.move('revoke', state, lot, available);
  }
  if (plan.fromOthers > 0n) {
    for (const { lot, amount } of chooseLots(state, assetId, plan.fromOthers)) entry.move('revoke', state, lot, amount);
  }
  if (plan.owed > 0n) entry.owe(state, assetId, plan.owed);
}

function ownLots(state: HolderState, { transaction }: Original): Lot[] {
  const ids = new Set(
    transaction.postings.flatMap(({ creditLotId }) => (creditLotId === undefined ? [] : [creditLotId])),
  );
  return [...ids].flatMap((id) => state.lots.get(id) ?? []);
}
