import fc from 'fast-check';
import type { Holder } from '../../src/domain/holder.ts';
import type { Issued, Operation } from '../../src/domain/operation.ts';
import type { NegativeBalance, ProgramVersion } from '../../src/domain/program.ts';
import type { ReturnedPart } from './point-model.ts';
import { type Command, dayAt, stepMs, type World } from './world.ts';

/** How many wallets sequences are about. */
export const walletCount = 2;

/** One point for each minor unit. */
const terms: ProgramVersion = {
  version: 1,
  startsAt: new Date(0),
  points: 1n,
  perAmountMinor: 1n,
  rounding: 'DOWN',
  minimumPurchaseMinor: 0n,
  activationDelayDays: 0,
  validity: { kind: 'UNLIMITED' },
  negativeBalance: 'NEVER',
  refundGraceDays: 0,
};

/** One step of a sequence. */
export interface Step {
  /** What is sent; undefined where nothing is there yet that it could be about. */
  command: (world: World) => Command | undefined;
  /** Days that pass before it. */
  days: number;
  /** Whether the merchant is suspended while it is sent. */
  isSuspended: boolean;
  /** Whether it is sent together with the step before it, where it can be. */
  isGrouped: boolean;
}

type Plan = Step['command'];

const wallet = fc.nat({ max: walletCount - 1 });
const amount = fc.integer({ min: 1, max: 12 });
const pick = fc.nat({ max: 1_000 });
const policy = fc.constantFrom<NegativeBalance>('NEVER', 'WITHIN_PENDING', 'UNLIMITED');
const days = fc.integer({ min: 1, max: 6 });
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });

/** What of a list a random number picks; undefined of an empty one. */
function indexIn(list: readonly unknown[], chance: number): number | undefined {
  return list.length === 0 ? undefined : chance % list.length;
}

function asBigInt(amountOrAll: number | undefined): bigint | undefined {
  return amountOrAll === undefined ? undefined : BigInt(amountOrAll);
}

function instantOf(day: number | undefined): Date | undefined {
  return day === undefined ? undefined : dayAt(day);
}

/** A command under a key of its own. `made` is told the transaction that it makes. */
function commandOf(
  world: World,
  of: { wallet: number; operation: Operation; carryOut: () => string; made?: (transactionId: string) => void },
): Command {
  const transactionId = world.newId();
  const carryOut = () => {
    const status = of.carryOut();
    if (status === 'DONE') of.made?.(transactionId);
    return status;
  };
  const { wallet: holder, operation } = of;
  const key = operation.type === 'SETTLE' ? undefined : transactionId;
  return { name: operation.type, wallet: holder, transactionId, key, input: 0, operation, carryOut };
}

const earn = fc
  .record({
    wallet,
    amounts: fc.tuple(amount, amount),
    hasLines: fc.boolean(),
    delay: fc.constantFrom(0, 0, 1, 3),
    validity: optional(fc.integer({ min: 4, max: 9 })),
    inactivityDays: optional(fc.integer({ min: 3, max: 7 })),
  })
  .map(({ wallet: of, amounts: [a, b], hasLines, delay, validity, inactivityDays }): Plan => {
    return (world) => {
      const { model } = world;
      const points = hasLines ? a + b : a;
      const activatesAt = delay === 0 ? undefined : model.now + delay;
      const endsAt = validity === undefined || inactivityDays !== undefined ? undefined : model.now + validity;
      const period = { activatesAt: instantOf(activatesAt), expiresAt: instantOf(endsAt), inactivityDays };
      const bought: [lineId: string, points: number][] = hasLines
        ? [
            ['a', a],
            ['b', b],
          ]
        : [];
      const lines = bought.map(([lineId, of]) => ({ lineId, amountMinor: BigInt(of) }));
      const purchase = { amountMinor: BigInt(points), currency: 'EUR', ...(hasLines ? { lines } : {}) };
      return commandOf(world, {
        wallet: of,
        operation: { type: 'EARN', assetId: world.assetId, amount: BigInt(points), period, purchase },
        carryOut: () => model.earn(of, points, { activatesAt, endsAt, inactivityDays }, new Map(bought)),
        made: (id) => world.earnings.push(id),
      });
    };
  });

/** Value on a card, sold or given. It is undone by nothing: the model's earnings are never asked for it. */
const issue = fc
  .record({
    wallet,
    amount,
    issued: fc.constantFrom<Issued>(
      { category: 'PAID', vatType: 'MPV' },
      { category: 'PAID', vatType: 'SPV', vatAmount: 2n },
      { category: 'PROMOTIONAL', vatType: 'NONE' },
    ),
    validity: optional(fc.integer({ min: 1, max: 9 })),
    inactivityDays: optional(fc.integer({ min: 3, max: 7 })),
  })
  .map(({ wallet: of, amount: value, issued, validity, inactivityDays }): Plan => {
    return (world) => {
      const { model } = world;
      const endsAt = validity === undefined || inactivityDays !== undefined ? undefined : model.now + validity;
      const period = { expiresAt: instantOf(endsAt), inactivityDays };
      const price = BigInt(value) + (issued.vatType === 'SPV' ? issued.vatAmount : 0n);
      return commandOf(world, {
        wallet: of,
        operation: { type: 'ISSUE', assetId: world.assetId, amount: price, issued, period },
        carryOut: () => model.earn(of, value, { activatesAt: undefined, endsAt, inactivityDays }),
        made: (id) => world.final.push(id),
      });
    };
  });

/** What brings value: a purchase to a wallet, a sale or a gift to a card. */
const gain = fc.record({ earn, issue }).map((plans): Plan => {
  return (world) => (world.holder(0).kind === 'card' ? plans.issue : plans.earn)(world);
});

const burn = fc.record({ wallet, amount }).map(({ wallet: of, amount: points }): Plan => {
  return (world) =>
    commandOf(world, {
      wallet: of,
      operation: { type: 'BURN', assetId: world.assetId, amount: BigInt(points) },
      carryOut: () => world.model.burn(of, points),
      made: (id) => world.spendings.push(id),
    });
});

const hold = fc.record({ wallet, amount, days }).map(({ wallet: of, amount: points, days: valid }): Plan => {
  return (world) => {
    const holdId = world.newId();
    const validMs = valid * stepMs;
    return commandOf(world, {
      wallet: of,
      operation: { type: 'HOLD', assetId: world.assetId, amount: BigInt(points), holdId, validMs },
      carryOut: () => world.model.hold(of, points, valid),
      made: (id) => {
        world.holds.push(holdId);
        world.final.push(id);
      },
    });
  };
});

const capture = fc
  .record({ pick, amount: optional(amount), isFinal: fc.boolean() })
  .map(({ pick: chance, amount: points, isFinal }): Plan => {
    return (world) => {
      const index = indexIn(world.holds, chance);
      if (index === undefined) return undefined;
      return commandOf(world, {
        wallet: world.model.holds[index]?.wallet ?? 0,
        operation: { type: 'CAPTURE', holdId: world.holds[index] ?? '', amount: asBigInt(points), isFinal },
        carryOut: () => world.model.capture(index, points, isFinal),
        made: (id) => world.spendings.push(id),
      });
    };
  });

const release = pick.map((chance): Plan => {
  return (world) => {
    const index = indexIn(world.holds, chance);
    if (index === undefined) return undefined;
    return commandOf(world, {
      wallet: world.model.holds[index]?.wallet ?? 0,
      operation: { type: 'RELEASE', holdId: world.holds[index] ?? '' },
      carryOut: () => world.model.release(index),
      made: (id) => world.final.push(id),
    });
  };
});

const refund = fc
  .record({ pick, amount: optional(amount), graceDays: fc.constantFrom(0, 0, 3) })
  .map(({ pick: chance, amount: points, graceDays }): Plan => {
    return (world) => {
      const index = indexIn(world.spendings, chance);
      if (index === undefined) return undefined;
      const original = { originalId: world.spendings[index] ?? '', reason: 'model', graceDays };
      return commandOf(world, {
        wallet: world.model.spendings[index]?.wallet ?? 0,
        operation: { type: 'REFUND', ...original, amount: asBigInt(points) },
        carryOut: () => world.model.refund(index, points, graceDays),
      });
    };
  });

const line = fc.record({ lineId: fc.constantFrom('a', 'a', 'b', 'b', 'x'), amount: optional(amount) });
const part = fc.oneof(
  { weight: 2, arbitrary: amount as fc.Arbitrary<ReturnedPart> },
  { weight: 1, arbitrary: fc.array(line, { minLength: 1, maxLength: 2 }) },
);

const giveBackGoods = fc
  .record({ pick, part, policy, spending: optional(pick) })
  .map(({ pick: chance, part: returned, policy: negativeBalance, spending }): Plan => {
    return (world) => {
      const { model } = world;
      const index = indexIn(world.earnings, chance);
      if (index === undefined) return undefined;
      const of = model.earnings[index]?.wallet ?? 0;
      const own = [...world.spendings.keys()].filter((each) => model.spendings[each]?.wallet === of);
      const spent = spending === undefined ? undefined : own[indexIn(own, spending) ?? 0];
      const lines = typeof returned === 'number' ? [] : returned;
      const named = lines.map(({ lineId, amount: points }) => ({ lineId, amountMinor: asBigInt(points) }));
      return commandOf(world, {
        wallet: of,
        operation: {
          type: 'RETURN',
          originalId: world.earnings[index] ?? '',
          returned: typeof returned === 'number' ? { amountMinor: BigInt(returned) } : { lines: named },
          spentId: spent === undefined ? undefined : world.spendings[spent],
          reason: 'model',
          terms,
          negativeBalance,
          graceDays: 0,
        },
        carryOut: () => model.returnPurchase(index, returned, negativeBalance, spent),
      });
    };
  });

const reverse = fc
  .record({ pick, policy, isSpending: fc.boolean(), graceDays: fc.constantFrom(0, 3) })
  .map(({ pick: chance, policy: negativeBalance, isSpending, graceDays }): Plan => {
    return (world) => {
      const { model } = world;
      const ids = isSpending ? world.spendings : world.earnings;
      const index = indexIn(ids, chance);
      if (index === undefined) return undefined;
      const originalId = ids[index] ?? '';
      return commandOf(world, {
        wallet: (isSpending ? model.spendings : model.earnings)[index]?.wallet ?? 0,
        operation: { type: 'REVERSAL', originalId, reason: 'model', negativeBalance, graceDays },
        carryOut: () =>
          isSpending ? model.reverseSpending(index, graceDays) : model.reverseEarning(index, negativeBalance),
      });
    };
  });

/** Undoes, returns or refunds what cannot be. */
const undoInVain = fc
  .record({ pick, kind: fc.constantFrom('REFUND' as const, 'RETURN' as const, 'REVERSAL' as const) })
  .map(({ pick: chance, kind }): Plan => {
    return (world) => {
      const ids = kind === 'REFUND' ? world.earnings : world.final;
      const originalId = ids[indexIn(ids, chance) ?? 0];
      if (originalId === undefined) return undefined;
      const of = { originalId, reason: 'model', graceDays: 0 };
      const negativeBalance = 'NEVER' as const;
      const returned = { amountMinor: 1n };
      const operations: Record<typeof kind, Operation> = {
        REFUND: { type: 'REFUND', ...of, amount: undefined },
        RETURN: { type: 'RETURN', ...of, returned, spentId: undefined, terms, negativeBalance },
        REVERSAL: { type: 'REVERSAL', ...of, negativeBalance },
      };
      const owner = world.ownerOf(originalId);
      return commandOf(world, {
        wallet: owner,
        operation: operations[kind],
        carryOut: () => {
          world.model.settle(owner);
          return 'NOT_REVERSIBLE';
        },
      });
    };
  });

const transfer = fc.record({ wallet, amount }).map(({ wallet: from, amount: points }): Plan => {
  return (world) => {
    const to = 1 - from;
    return commandOf(world, {
      wallet: from,
      operation: { type: 'TRANSFER', assetId: world.assetId, amount: BigInt(points), to: world.holder(to) },
      carryOut: () => world.model.transfer(from, to, points),
    });
  };
});

const settle = wallet.map((of): Plan => {
  const carryOut = (world: World) => () => {
    world.model.settle(of);
    return 'DONE';
  };
  return (world) => commandOf(world, { wallet: of, operation: { type: 'SETTLE' }, carryOut: carryOut(world) });
});

/** Sends a command of before again: the same one, or other input under its key. */
const again = fc.record({ pick, isOther: fc.boolean() }).map(({ pick: chance, isOther }): Plan => {
  return (world) => {
    const before = world.sent[indexIn(world.sent, chance) ?? 0];
    return before && { ...before, input: isOther ? before.input + 1 : before.input };
  };
});

const command = fc.oneof(
  { arbitrary: gain, weight: 8 },
  { arbitrary: burn, weight: 5 },
  { arbitrary: hold, weight: 4 },
  { arbitrary: capture, weight: 4 },
  { arbitrary: release, weight: 2 },
  { arbitrary: refund, weight: 4 },
  { arbitrary: giveBackGoods, weight: 5 },
  { arbitrary: reverse, weight: 3 },
  { arbitrary: undoInVain, weight: 1 },
  { arbitrary: transfer, weight: 3 },
  { arbitrary: settle, weight: 3 },
  { arbitrary: again, weight: 4 },
);

const step: fc.Arbitrary<Step> = fc.record({
  command,
  days: fc.oneof({ arbitrary: fc.constant(0), weight: 4 }, { arbitrary: days, weight: 1 }),
  isSuspended: fc.oneof({ arbitrary: fc.constant(false), weight: 24 }, { arbitrary: fc.constant(true), weight: 1 }),
  isGrouped: fc.oneof({ arbitrary: fc.constant(true), weight: 4 }, { arbitrary: fc.constant(false), weight: 1 }),
});

/** A sequence of steps, for wallets or for cards, in a ledger with limits or without. */
export interface Sequence {
  steps: Step[];
  kind: Holder['kind'];
  hasLimits: boolean;
}

/** Random sequences of every command, of at most so many steps. */
export function sequencesUpTo(maxLength: number): fc.Arbitrary<Sequence> {
  const steps = fc.array(step, { minLength: 5, maxLength, size: 'max' });
  const kind = fc.constantFrom<Holder['kind']>('wallet', 'wallet', 'card');
  return fc.record({ steps, kind, hasLimits: fc.boolean() });
}
