import type { BatchState, UsedKey } from '../../src/domain/engine/batch-state.ts';
import { noEffects } from '../../src/domain/engine/batch-state.ts';
import { type Decision, decide } from '../../src/domain/engine/decide.ts';
import { emptyParts, type HolderState } from '../../src/domain/engine/holder-state.ts';
import type { Account, Holder } from '../../src/domain/holder.ts';
import type { Operation, OperationRequest } from '../../src/domain/operation.ts';
import type { LedgerTransaction, Original } from '../../src/domain/transaction.ts';
import { migratedTemplates, partOfKind } from './migrated-templates.ts';

const templates = migratedTemplates();
const asset = { code: 'PTS.model', scale: 0 };
/** The number of the only asset. */
export const assetId = 1;
const startMs = Date.UTC(2026, 0, 1);
/** One step of the model's clock. */
export const stepMs = 24 * 60 * 60 * 1_000;

/** The ledger's rules without its database: what they decided is kept in memory, as they left it. */
export class EngineLedger {
  readonly states: HolderState[];
  readonly transactions: LedgerTransaction[] = [];
  readonly #originals = new Map<string, Original>();
  readonly #keys = new Map<string, UsedKey>();
  #ids = 0;
  now = 0;

  constructor(holderCount: number) {
    this.states = Array.from({ length: holderCount }, (_, index) => stateOf(holderNumber(index)));
  }

  newId = (): string => {
    this.#ids += 1;
    return this.#ids.toString().padStart(12, '0');
  };

  /** Posts an operation of a holder. */
  post(holder: number, operation: Operation, transactionId = this.newId()): Decision {
    const state = this.states[holder];
    if (state === undefined) throw new Error('There is no such holder.');
    const effects = noEffects();
    const batch: BatchState = {
      at: new Date(startMs + this.now * stepMs),
      templates,
      holders: new Map(this.states.map((each) => [each.holder.id, each])),
      keys: this.#keys,
      originals: this.#originals,
      counters: new Map(),
      newId: this.newId,
      effects,
    };
    const [decision] = decide(batch, [requestOf(state.holder, operation, transactionId)]);
    if (decision === undefined) throw new Error('A request was left without a decision.');
    for (const id of effects.settledHolderIds) this.#findNextDue(id);
    for (const transaction of effects.transactions) this.#keep(transaction);
    return decision;
  }

  #keep(transaction: LedgerTransaction): void {
    this.transactions.push(transaction);
    const { id, kind, holder, programVersion, purchase, uncollected, postings } = transaction;
    const facts = { id, kind, holderId: holder.id, programVersion, uncollected, postings };
    const posted = {
      ...facts,
      purchaseAmountMinor: purchase?.amountMinor,
      purchaseCurrency: purchase?.currency,
      purchaseLines: purchase?.lines,
    };
    this.#originals.set(id, { transaction: posted, later: [] });
  }

  /** What the database looks up when a batch is written. */
  #findNextDue(holderId: string): void {
    const state = this.states.find(({ holder }) => holder.id === holderId);
    if (state === undefined) return;
    const instants = [
      ...[...state.lots.values()].flatMap(({ pending, activatesAt, available, expiresAt }) => [
        ...(pending > 0n && activatesAt ? [activatesAt.getTime()] : []),
        ...(available > 0n && expiresAt ? [expiresAt.getTime()] : []),
      ]),
      ...[...state.holds.values()].filter(({ held }) => held > 0n).map(({ expiresAt }) => expiresAt.getTime()),
    ];
    state.dueAt = instants.length === 0 ? undefined : new Date(Math.min(...instants));
  }
}

function requestOf(holder: Holder, operation: Operation, transactionId: string): OperationRequest {
  return {
    transactionId,
    scope: 'model',
    key: transactionId,
    command: 'model',
    inputHash: Buffer.alloc(32),
    holder,
    operation,
    programVersion: 1,
    country: undefined,
    storeId: undefined,
    reference: undefined,
    occurredAt: undefined,
    actor: { kind: 'system', id: 'model' },
  };
}

function holderNumber(index: number): Holder {
  const accounts = [...partOfKind].map(
    ([kind, part]): Account => ({
      id: part === 'ISSUER' ? kind : `${kind} ${index}`,
      kind: kind as Account['kind'],
      part,
      category: part === 'ISSUER' ? undefined : 'POINTS',
      assetId,
      asset,
    }),
  );
  const ids = { merchantId: 'merchant', programId: 'program', consumerId: `consumer ${index}` };
  return { id: `holder ${index}`, kind: 'wallet', ...ids, accounts };
}

function stateOf(holder: Holder): HolderState {
  return {
    holder,
    version: 0n,
    dueAt: undefined,
    activeAt: undefined,
    isLive: true,
    parts: emptyParts(holder),
    lots: new Map(),
    holds: new Map(),
    lastLotsRead: [],
  };
}
