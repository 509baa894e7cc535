import { openedKinds } from '../../src/domain/chart-of-accounts.ts';
import type { BatchState, UsedKey } from '../../src/domain/engine/batch-state.ts';
import { noEffects } from '../../src/domain/engine/batch-state.ts';
import { type Decision, decide } from '../../src/domain/engine/decide.ts';
import { emptyParts, type HolderState } from '../../src/domain/engine/holder-state.ts';
import { movementOf } from '../../src/domain/engine/limits.ts';
import type { Account, Holder } from '../../src/domain/holder.ts';
import { endOf } from '../../src/domain/lot.ts';
import type { OperationRequest } from '../../src/domain/operation.ts';
import type { LedgerTransaction, Original } from '../../src/domain/transaction.ts';
import { EngineCounters, type ModelLimit } from './limits.ts';
import { migratedTemplates, partOf } from './migrated-templates.ts';
import { dayAt } from './world.ts';

const templates = migratedTemplates();
const asset = { code: 'PTS.model', scale: 0 };
/** The number of the only asset. */
export const assetId = 1;

/** The ledger's rules without its database: what they decided is kept in memory, as they left it. */
export class EngineLedger {
  readonly states: HolderState[];
  readonly transactions: LedgerTransaction[] = [];
  readonly #originals = new Map<string, Original>();
  readonly #keys = new Map<string, UsedKey>();
  readonly #counters: EngineCounters;
  #ids = 0;

  constructor(holderCount: number, kind: Holder['kind'], limits: readonly ModelLimit[]) {
    this.#counters = new EngineCounters(limits);
    this.states = Array.from({ length: holderCount }, (_, index) => stateOf(holderNumber(index, kind)));
  }

  newId = (): string => {
    this.#ids += 1;
    return this.#ids.toString().padStart(12, '0');
  };

  /** Posts a request on a day of the model. */
  post(request: OperationRequest, day: number): Decision {
    const { holder, operation } = request;
    const effects = noEffects();
    const batch: BatchState = {
      at: dayAt(day),
      templates,
      holders: new Map(this.states.map((each) => [each.holder.id, each])),
      keys: this.#keys,
      originals: this.#originals,
      counters: new Map([[0, this.#counters.of(movementOf(operation), holder.id, holder.merchantId, day)]]),
      newId: this.newId,
      effects,
    };
    const [decision] = decide(batch, [request]);
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
      ...[...state.lots.values()].flatMap((lot) => {
        const end = endOf(lot, state.activeAt);
        return [
          ...(lot.pending > 0n && lot.activatesAt ? [lot.activatesAt.getTime()] : []),
          ...(lot.available > 0n && end ? [end.getTime()] : []),
        ];
      }),
      ...[...state.holds.values()].filter(({ held }) => held > 0n).map(({ expiresAt }) => expiresAt.getTime()),
    ];
    state.dueAt = instants.length === 0 ? undefined : new Date(Math.min(...instants));
  }
}

function holderNumber(index: number, kind: Holder['kind']): Holder {
  const { own, issuer } = openedKinds[kind];
  const accounts = [...own, ...issuer].map((of): Account => {
    const part = partOf(of);
    const id = part === 'ISSUER' ? of : `${of} ${index}`;
    return { id, kind: of, part, category: undefined, assetId, asset };
  });
  const ids = { merchantId: 'merchant', programId: 'program', consumerId: `consumer ${index}` };
  const prefix = kind === 'card' ? 'gc' : 'wal';
  const identifiers = { holder: `${prefix}_${index}`, merchant: 'mer', program: 'prg', consumer: `con_${index}` };
  return { id: `holder ${index}`, kind, ...ids, identifiers, accounts };
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
