import { movementOf } from '../../src/domain/engine/limits.ts';
import type { Holder } from '../../src/domain/holder.ts';
import type { Operation, OperationRequest } from '../../src/domain/operation.ts';
import { type ModelLimit, ModelLimits } from './limits.ts';
import { PointModel } from './point-model.ts';

/** One step of the model's clock. */
export const stepMs = 24 * 60 * 60 * 1_000;
const startMs = Date.UTC(2026, 0, 1);

/** Instant of a day of the model. */
export function dayAt(day: number): Date {
  return new Date(startMs + day * stepMs);
}

/** A command that a ledger is given, and what the model makes of it. */
export interface Command {
  name: Operation['type'];
  wallet: number;
  transactionId: string;
  key: string | undefined;
  /** Stands for the input: another one is another input. */
  input: number;
  operation: Operation;
  /** Carries it out in the model, whatever keys and limits say. */
  carryOut: () => string;
}

interface WorldSettings {
  holders: readonly Holder[];
  assetId: number;
  limits: readonly ModelLimit[];
  newId: () => string;
}

/** What a ledger is told, and a model of what it must make of it. */
export class World {
  readonly holders: readonly Holder[];
  readonly assetId: number;
  readonly newId: () => string;
  readonly model: PointModel;
  /** Transactions and holds of the model's lists, by the same index. */
  readonly earnings: string[] = [];
  readonly spendings: string[] = [];
  readonly holds: string[] = [];
  /** Transactions that placed or ended holds, or put value on a card: nothing can be undone of them. */
  readonly final: string[] = [];
  /** The wallet of each transaction that something may be about. */
  readonly #owners = new Map<string, number>();
  /** Everything that was sent under a key. */
  readonly sent: Command[] = [];
  isLive = true;
  readonly #limits: ModelLimits;
  readonly #keys = new Map<string, Command>();

  constructor({ holders, assetId, limits, newId }: WorldSettings) {
    this.holders = holders;
    this.assetId = assetId;
    this.newId = newId;
    this.model = new PointModel(holders.length);
    this.#limits = new ModelLimits(limits);
  }

  /** What must become of a command that comes now. */
  expect(command: Command): string {
    if (command.key !== undefined) this.sent.push(command);
    const { wallet, key, operation, input } = command;
    const used = key === undefined ? undefined : this.#keys.get(key);
    if (used !== undefined) return used.input === input && used.wallet === wallet ? 'REPLAYED' : 'KEY_REUSED';
    if (!this.isLive && operation.type !== 'SETTLE') return 'NOT_LIVE';
    this.model.settle(wallet);
    if (operation.type === 'TRANSFER') this.model.settle(1 - wallet);
    const movement = movementOf(operation);
    const amount = 'amount' in operation ? Number(operation.amount ?? 0n) : 0;
    const { now } = this.model;
    if (movement && this.#limits.forbids(movement, wallet, now, amount)) return 'LIMIT_EXCEEDED';
    const status = command.carryOut();
    if (status === 'DONE' && movement) this.#limits.add(movement, wallet, now, amount);
    if (status === 'DONE' && key !== undefined) {
      this.#keys.set(key, command);
      this.#owners.set(command.transactionId, wallet);
    }
    return status;
  }

  /** The command as a ledger takes it. */
  requestOf({ wallet, transactionId, key, input, operation }: Command, scope: string): OperationRequest {
    return {
      transactionId,
      scope,
      key,
      command: 'model',
      inputHash: Buffer.alloc(32, input),
      holder: this.holder(wallet),
      operation,
      programVersion: 1,
      country: 'FR',
      storeId: undefined,
      reference: undefined,
      occurredAt: undefined,
      actor: { kind: key === undefined ? 'system' : 'staff', id: 'model' },
    };
  }

  ownerOf(transactionId: string): number {
    const wallet = this.#owners.get(transactionId);
    if (wallet === undefined) throw new Error('Nobody made such a transaction.');
    return wallet;
  }

  holder(wallet: number): Holder {
    const holder = this.holders[wallet];
    if (holder === undefined) throw new Error('The world has no such wallet.');
    return holder;
  }
}
