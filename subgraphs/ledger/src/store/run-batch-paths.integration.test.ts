import { createTestDatabase } from '@localplus/test-database';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type HouseWallet, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning, reversing } from '../../test/requests.ts';
import type { Decision } from '../domain/engine/decide.ts';
import type { OperationRequest } from '../domain/operation.ts';

/** Enough that both paths meet every status; each round posts some forty requests twice. */
const rounds = 40;

let house: LedgerHouse;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

afterAll(() => house.close());

type Step =
  | { kind: 'earn' | 'burn'; wallet: number; points: bigint; key: number; isOther: boolean }
  | { kind: 'reverse'; wallet: number; target: number; key: number };

/** Keys below are used by several requests. */
const sharedKeys = 4;
const wallet = fc.nat({ max: 2 });
// Few keys, so that they meet each other; most requests have one that nobody else has.
const key = fc.oneof(
  { weight: 1, arbitrary: fc.nat({ max: sharedKeys - 1 }) },
  { weight: 4, arbitrary: fc.integer({ min: 10, max: 1_000_000 }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('earn' as const, 'burn' as const),
      wallet,
      points: fc.bigInt({ min: 1n, max: 30n }),
      key,
      isOther: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('reverse' as const), wallet, target: fc.nat({ max: 1 }), key }),
  },
);
const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 });

/** Plays batches in a world of its own: three wallets with 20 points each. */
class World {
  readonly statuses: string[] = [];
  readonly #wallets: HouseWallet[];
  /** What was posted, by wallet, in order: what a reversal can name. */
  readonly #posted = new Map<number, OperationRequest[]>();

  constructor(wallets: HouseWallet[]) {
    this.#wallets = wallets;
  }

  static async open(): Promise<World> {
    const merchant = await house.addMerchant();
    const wallets = [];
    for (let index = 0; index < 3; index += 1) wallets.push(await house.openWallet(merchant, 20n));
    return new World(wallets);
  }

  async request(step: Step): Promise<OperationRequest | undefined> {
    if (step.kind === 'reverse') return this.#reversal(step);
    // Who shares a key mostly brings the same input under it; the rest is a key reused.
    const { wallet, points } = step.key < sharedKeys ? { wallet: step.key % 3, points: 1n } : step;
    const kind = step.key < sharedKeys ? 'earn' : step.kind;
    const { holderId } = this.#wallets[wallet]!;
    const spend = kind === 'burn' ? burning(await house.holder(holderId), points) : {};
    const inputHash = Buffer.alloc(32, Number(points) + 40 * wallet + (step.isOther ? 1 : 0));
    return house.earning(holderId, points, { key: `key-${step.key}`, inputHash, ...spend });
  }

  #reversal({ wallet, target, key }: Extract<Step, { kind: 'reverse' }>): Promise<OperationRequest> | undefined {
    const reversed = this.#posted.get(wallet)?.at(target);
    if (reversed === undefined) return undefined;
    const inputHash = Buffer.alloc(32, 200 + target);
    const undo = reversing(reversed.transactionId);
    return house.earning(reversed.holder.id, 1n, { key: `key-${key}`, inputHash, ...undo });
  }

  /** Notes outcomes, with everything that is the same in every world. */
  note(steps: readonly Step[], requests: readonly OperationRequest[], outcomes: readonly Decision[]): void {
    for (const [index, outcome] of outcomes.entries()) {
      const request = requests[index]!;
      const wallet = this.#wallets.findIndex(({ holderId }) => holderId === request.holder.id);
      if (outcome.status === 'DONE' && request.operation.type !== 'REVERSAL') {
        this.#posted.set(wallet, [...(this.#posted.get(wallet) ?? []), request]);
      }
      const change = outcome.status === 'DONE' ? outcome.transactions[0]?.changes[0] : undefined;
      const figures = [change?.version, change?.balances[0]?.posted];
      const available = outcome.status === 'INSUFFICIENT' ? outcome.available : '';
      this.statuses.push(`${steps.length} ${wallet} ${outcome.status} ${figures.join(' ')} ${available}`);
    }
  }
}

test('requests get the same answers together as one by one', { timeout: 120_000 }, async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(batches, async (plan) => {
      const [together, inTurn] = [await World.open(), await World.open()];
      for (const steps of plan) {
        const left = (await Promise.all(steps.map((it) => together.request(it)))).filter((it) => it !== undefined);
        const right = (await Promise.all(steps.map((it) => inTurn.request(it)))).filter((it) => it !== undefined);
        if (left.length === 0) continue;
        together.note(steps, left, await house.run(left));
        const oneByOne: Decision[] = [];
        for (const request of right) oneByOne.push(...(await house.run([request])));
        inTurn.note(steps, right, oneByOne);
      }
      expect(together.statuses).toEqual(inTurn.statuses);
      for (const line of together.statuses) seen.add(line.split(' ')[2]!);
    }),
    { numRuns: rounds },
  );
  expect([...seen].sort()).toEqual(['ALREADY_REVERSED', 'DONE', 'INSUFFICIENT', 'KEY_REUSED', 'REPLAYED']);
  expect(await findFaults(house.pool)).toEqual([]);
});
