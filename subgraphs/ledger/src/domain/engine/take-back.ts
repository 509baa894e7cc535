import type { Lot } from '../lot.ts';
import type { NegativeBalance } from '../program.ts';
import type { Original } from '../transaction.ts';
import type { Entry } from './entry.ts';
import { chooseLots, type HolderState, partsOf } from './holder-state.ts';

/** What a purchase earned, and how much of it was taken back since. */
export function earnedBy({ holder }: HolderState, { transaction, later }: Original): { earned: bigint; takenBack: bigint } {
  const isCost = (id: string) => holder.accounts.find((account) => account.id === id)?.kind === 'POINTS_COST';
  const sum = (amounts: bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
  return {
    earned: sum(transaction.postings.filter((p) => isCost(p.debitAccountId)).map(({ amount }) => amount)),
    takenBack: sum(
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
    const pending = smaller(lot.pending, missing);
    const available = smaller(lot.available, missing - pending);
    missing -= pending + available;
    return { lot, pending, available };
  });
  const assetId = original.transaction.postings[0]?.assetId;
  if (assetId === undefined) return { fromOwnLots, fromOthers: 0n, owed: 0n, uncollected: missing };

  const parts = partsOf(state, assetId);
  const takenFromOwn = fromOwnLots.reduce((sum, { available }) => sum + available, 0n);
  const fromOthers = smaller(parts.AVAILABLE - takenFromOwn, missing);
  missing -= fromOthers;
  const pendingLeft = parts.PENDING - fromOwnLots.reduce((sum, { pending }) => sum + pending, 0n);
  const debtRoom = {
    NEVER: 0n,
    WITHIN_PENDING: pendingLeft > parts.OWED ? pendingLeft - parts.OWED : 0n,
    UNLIMITED: missing,
  }[negativeBalance];
  const owed = smaller(debtRoom, missing);
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
  const ids = new Set(transaction.postings.flatMap(({ creditLotId }) => (creditLotId === undefined ? [] : [creditLotId])));
  return [...ids].flatMap((id) => state.lots.get(id) ?? []);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
