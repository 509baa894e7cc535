import type { BalanceDelta, TransactionKind } from '../balance-change.ts';
import { accountOf } from '../holder.ts';
import type { Lot } from '../lot.ts';
import { type LineName, type TemplateBook, type TemplateLine, templateValueOf } from '../posting-template.ts';
import type { LedgerTransaction, Posting, TransactionFacts } from '../transaction.ts';
import { balanceOf, balancesOf, change, type HolderState } from './holder-state.ts';

/** What becomes of value that leaves a lot by a line. A line that gives back takes it out again. */
const leavesAs: Partial<Record<LineName, 'spent' | 'expired' | 'revoked'>> = {
  spend: 'spent',
  repay: 'spent',
  transfer: 'spent',
  expire: 'expired',
  revoke: 'revoked',
  revokePending: 'revoked',
};

const lotPart = { PENDING: 'pending', AVAILABLE: 'available', HELD: 'held' } as const;

/** What makes an entry a transaction of its kind. */
export interface EntryDetails
  extends Partial<Pick<LedgerTransaction, 'purchase' | 'related' | 'holdId' | 'uncollected'>> {
  id: string;
  kind: TransactionKind;
  facts: TransactionFacts;
}

/**
 * A transaction in the making: each line moves value of lots between accounts by the template of its kind, and the state of
 * the holder with it, so that what is written and what the next decision sees are one.
 */
export class Entry {
  readonly #templates: TemplateBook;
  readonly #details: EntryDetails;
  readonly #states: HolderState[];
  readonly #postedBefore: Map<number, bigint>[];
  readonly #postings: Posting[] = [];
  #templateVersion = 1;

  /** @param states the holder whose transaction it is, and another one that it touches too */
  constructor(templates: TemplateBook, details: EntryDetails, ...states: HolderState[]) {
    this.#templates = templates;
    this.#details = details;
    this.#states = states;
    this.#postedBefore = states.map(postedOf);
  }

  get id(): string {
    return this.#details.id;
  }

  /** Moves an amount of a lot by a line. */
  move(line: LineName, state: HolderState, lot: Lot, amount: bigint): void {
    this.#post(line, { from: { state, lot }, to: { state, lot } }, amount);
    const left = leavesAs[line];
    if (left !== undefined) lot[left] += amount;
    if (line === 'giveBack' && lot.transactionId !== this.id) lot.spent -= amount;
  }

  /** Moves an amount from a lot of one holder to a lot of another. */
  transfer(from: { state: HolderState; lot: Lot }, to: { state: HolderState; lot: Lot }, amount: bigint): void {
    this.#post('transfer', { from, to }, amount);
    from.lot.spent += amount;
  }

  /** Books what a holder owes from now on: no lot is left to take it from. */
  owe(state: HolderState, assetId: number, amount: bigint): void {
    this.#postWithoutLots(this.#templates.line(this.#details.kind, 'POINTS', 'owe'), state, assetId, amount);
    change(state, assetId, 'OWED', amount);
  }

  /** Books the VAT that is due on the sale of a lot: it moves between the issuer's own accounts. */
  bookVat(state: HolderState, lot: Lot, amount: bigint): void {
    const line = this.#templates.line(this.#details.kind, templateValueOf(lot), 'vat');
    this.#postWithoutLots(line, state, lot.assetId, amount);
  }

  #postWithoutLots(
    { debitKind, creditKind, version }: TemplateLine,
    { holder }: HolderState,
    assetId: number,
    amount: bigint,
  ): void {
    const [debit, credit] = [accountOf(holder, debitKind, assetId), accountOf(holder, creditKind, assetId)];
    this.#templateVersion = version;
    const lots = { debitLotId: undefined, creditLotId: undefined };
    this.#postings.push({ debitAccountId: debit.id, creditAccountId: credit.id, assetId, amount, ...lots });
  }

  #post(
    name: LineName,
    { from, to }: { from: { state: HolderState; lot: Lot }; to: { state: HolderState; lot: Lot } },
    amount: bigint,
  ): void {
    const { assetId } = from.lot;
    const line = this.#templates.line(this.#details.kind, templateValueOf(from.lot), name);
    const debit = accountOf(from.state.holder, line.debitKind, assetId);
    const credit = accountOf(to.state.holder, line.creditKind, assetId);
    const posting: Posting = {
      debitAccountId: debit.id,
      creditAccountId: credit.id,
      assetId,
      amount,
      debitLotId: undefined,
      creditLotId: undefined,
    };
    if (debit.part === 'OWED') throw new Error(`Line ${name} takes from what is owed.`);
    if (debit.part !== 'ISSUER') {
      change(from.state, assetId, debit.part, -amount);
      from.lot[lotPart[debit.part]] -= amount;
      posting.debitLotId = from.lot.id;
    }
    if (credit.part === 'OWED') change(to.state, assetId, 'OWED', -amount);
    else if (credit.part !== 'ISSUER') {
      change(to.state, assetId, credit.part, amount);
      to.lot[lotPart[credit.part]] += amount;
      posting.creditLotId = to.lot.id;
    }
    this.#templateVersion = line.version;
    this.#postings.push(posting);
  }

  /** Closes the entry: raises the version of each holder that it touches by one. */
  close(recordedAt: Date, more: Pick<EntryDetails, 'uncollected'> = {}): LedgerTransaction {
    const { id, kind, facts, purchase, related, holdId, uncollected } = { ...this.#details, ...more };
    const changes = this.#states.map((state, index) => {
      state.version += 1n;
      const { id: holderId, merchantId, programId, consumerId } = state.holder;
      return {
        holderId,
        merchantId,
        programId,
        consumerId,
        storeId: facts.storeId,
        transactionId: id,
        kind,
        version: state.version,
        deltas: deltasOf(state, this.#postedBefore[index], this.#postings),
        balances: balancesOf(state),
        occurredAt: facts.occurredAt,
        recordedAt,
      };
    });
    const [own] = this.#states;
    if (own === undefined) throw new Error('An entry has no holder.');
    return {
      ...facts,
      id,
      kind,
      templateVersion: this.#templateVersion,
      holder: own.holder,
      holderVersion: own.version,
      purchase,
      related,
      holdId,
      uncollected,
      postings: this.#postings,
      changes,
    };
  }
}

function postedOf({ parts }: HolderState): Map<number, bigint> {
  return new Map([...parts].map(([assetId, those]) => [assetId, balanceOf(those).posted]));
}

/** One delta for each asset that the postings moved, in the order of the assets' codes. */
function deltasOf(
  { parts }: HolderState,
  before: ReadonlyMap<number, bigint> | undefined,
  postings: readonly Posting[],
): BalanceDelta[] {
  const deltas: BalanceDelta[] = [];
  for (const [assetId, those] of parts) {
    if (!postings.some((posting) => posting.assetId === assetId)) continue;
    const { asset, posted } = balanceOf(those);
    deltas.push({ asset, posted: posted - (before?.get(assetId) ?? 0n) });
  }
  return deltas.sort((a, b) => (a.asset.code < b.asset.code ? -1 : 1));
}
