import type { Asset, Balance } from './balance.ts';
import type { TransactionKind } from './balance-change.ts';
import type { AccountKind } from './chart-of-accounts.ts';
import type { HolderState } from './engine/holder-state.ts';
import type { Counter } from './engine/limits.ts';
import type { Account } from './holder.ts';
import type { Lot } from './lot.ts';
import type { Done } from './operation.ts';
import type { LedgerTransaction, Posting } from './transaction.ts';

/** A posting that would be made. Lots by UUID; undefined where none would be moved, or a new one. */
export interface PreviewedPosting {
  debitKind: AccountKind;
  creditKind: AccountKind;
  asset: Asset;
  amount: bigint;
  debitLotId: string | undefined;
  creditLotId: string | undefined;
}

/** A transaction that would be posted. */
export interface PreviewedTransaction {
  kind: TransactionKind;
  postings: PreviewedPosting[];
  /** All balances of its holder after it. */
  balances: Balance[];
}

/** What would happen to a lot: how much more, or less, of it would be pending, available and held. */
export interface LotMovement {
  lot: Lot;
  /** Whether it would be made. */
  isNew: boolean;
  pending: bigint;
  available: bigint;
  held: bigint;
}

/** What a limit would leave for the rest of its period; undefined where that is not limited. */
export interface LimitLeft extends Pick<Counter, 'ruleId' | 'countedPer' | 'period'> {
  amountLeft: bigint | undefined;
  countLeft: bigint | undefined;
}

/** What a command would do. */
export interface Preview {
  transactions: PreviewedTransaction[];
  lots: LotMovement[];
  limits: LimitLeft[];
  /** All balances of its holder after it. */
  balances: Balance[];
}

/** What a decision saw and left behind. */
export interface DecidedState {
  holders: ReadonlyMap<string, HolderState>;
  newLots: readonly Lot[];
  counters: readonly Counter[];
}

const lotPart = { PENDING: 'pending', AVAILABLE: 'available', HELD: 'held' } as const;

/** Says what a request that was decided, and not written, would do. Limits are as all requests of its batch would leave them. */
export function previewOf({ transactions }: Done, { holders, newLots, counters }: DecidedState): Preview {
  const touched = transactions.flatMap(({ changes }) => changes.flatMap(({ holderId }) => holders.get(holderId) ?? []));
  const accounts = new Map(touched.flatMap(({ holder }) => holder.accounts.map((account) => [account.id, account])));
  const lots = new Map(touched.flatMap((state) => [...state.lots]));
  const newLotIds = new Set(newLots.map(({ id }) => id));
  return {
    transactions: transactions.map((transaction) => previewTransaction(transaction, accounts, newLotIds)),
    lots: movementsOf(transactions, accounts).map(({ lotId, ...movement }) => {
      const lot = lots.get(lotId);
      if (lot === undefined) throw new Error(`Lot ${lotId} was moved and is not known.`);
      return { ...movement, lot, isNew: newLotIds.has(lotId) };
    }),
    limits: counters.map(leftOf),
    balances: transactions.at(-1)?.changes[0]?.balances ?? [],
  };
}

function previewTransaction(
  { kind, postings, changes }: LedgerTransaction,
  accounts: ReadonlyMap<string, Account>,
  newLotIds: ReadonlySet<string>,
): PreviewedTransaction {
  const knownLot = (lotId: string | undefined) => (lotId === undefined || newLotIds.has(lotId) ? undefined : lotId);
  return {
    kind,
    postings: postings.map((posting) => {
      const { kind: debitKind, asset } = accountAt(accounts, posting.debitAccountId);
      const { kind: creditKind } = accountAt(accounts, posting.creditAccountId);
      const [debitLotId, creditLotId] = [knownLot(posting.debitLotId), knownLot(posting.creditLotId)];
      return { debitKind, creditKind, asset, amount: posting.amount, debitLotId, creditLotId };
    }),
    balances: changes[0]?.balances ?? [],
  };
}

function movementsOf(transactions: readonly LedgerTransaction[], accounts: ReadonlyMap<string, Account>) {
  const moved = new Map<string, { lotId: string; pending: bigint; available: bigint; held: bigint }>();
  const move = (lotId: string | undefined, accountId: string, by: bigint) => {
    const { part } = accountAt(accounts, accountId);
    if (lotId === undefined || part === 'ISSUER' || part === 'OWED') return;
    const movement = moved.get(lotId) ?? { lotId, pending: 0n, available: 0n, held: 0n };
    movement[lotPart[part]] += by;
    moved.set(lotId, movement);
  };
  for (const { debitLotId, debitAccountId, creditLotId, creditAccountId, amount } of transactions.flatMap(postingsOf)) {
    move(debitLotId, debitAccountId, -amount);
    move(creditLotId, creditAccountId, amount);
  }
  return [...moved.values()];
}

function postingsOf({ postings }: LedgerTransaction): Posting[] {
  return postings;
}

function accountAt(accounts: ReadonlyMap<string, Account>, id: string): Account {
  const account = accounts.get(id);
  if (account === undefined) throw new Error(`Account ${id} is of no holder of its transaction.`);
  return account;
}

function leftOf({ ruleId, countedPer, period, amount, amountMax, count, countMax }: Counter): LimitLeft {
  return {
    ruleId,
    countedPer,
    period,
    amountLeft: amountMax === undefined ? undefined : amountMax - amount,
    countLeft: countMax === undefined ? undefined : countMax - count,
  };
}
