import type { Counter, Movement } from '../../src/domain/engine/limits.ts';

/** A limit that a ledger of the model keeps. */
export interface ModelLimit {
  ruleId: string;
  movement: Movement;
  countedPer: 'HOLDER' | 'MERCHANT';
  period: 'DAY' | 'WEEK';
  amountMax: number | undefined;
  countMax: number | undefined;
}

const ruleId = (last: number): string => `01936b1e-0000-7000-8000-00000000000${last}`;

/** Tight enough to be met by short sequences, wide enough to let most of them be. */
export const modelLimits: readonly ModelLimit[] = [
  { ruleId: ruleId(1), movement: 'SPEND', countedPer: 'HOLDER', period: 'DAY', amountMax: 20, countMax: undefined },
  { ruleId: ruleId(2), movement: 'EARN', countedPer: 'MERCHANT', period: 'WEEK', amountMax: 70, countMax: 9 },
  { ruleId: ruleId(3), movement: 'TRANSFER', countedPer: 'HOLDER', period: 'WEEK', amountMax: undefined, countMax: 2 },
  { ruleId: ruleId(4), movement: 'ISSUE', countedPer: 'HOLDER', period: 'DAY', amountMax: 25, countMax: undefined },
];

/** The first day of the model is a Thursday; weeks begin on Mondays. */
const daysIntoWeek = 3;
const daysPerWeek = 7;

function periodOf(period: ModelLimit['period'], day: number): number {
  return period === 'DAY' ? day : Math.floor((day + daysIntoWeek) / daysPerWeek);
}

/** Remembers every movement, and adds them up whenever it is asked. */
export class ModelLimits {
  readonly #limits: readonly ModelLimit[];
  readonly #moved: { movement: Movement; wallet: number; day: number; amount: number }[] = [];

  constructor(limits: readonly ModelLimit[]) {
    this.#limits = limits;
  }

  forbids(movement: Movement, wallet: number, day: number, amount: number): boolean {
    return this.#limits.some(({ movement: of, countedPer, period, amountMax = Infinity, countMax = Infinity }) => {
      if (of !== movement) return false;
      const before = this.#moved.filter((each) => {
        const isCounted = countedPer === 'MERCHANT' || each.wallet === wallet;
        return each.movement === movement && isCounted && periodOf(period, each.day) === periodOf(period, day);
      });
      const used = before.reduce((sum, each) => sum + each.amount, 0);
      return used + amount > amountMax || before.length + 1 > countMax;
    });
  }

  add(movement: Movement, wallet: number, day: number, amount: number): void {
    this.#moved.push({ movement, wallet, day, amount });
  }
}

/** The counters of the engine, as the database would answer them. */
export class EngineCounters {
  readonly #limits: readonly ModelLimit[];
  readonly #counters = new Map<string, Counter>();

  constructor(limits: readonly ModelLimit[]) {
    this.#limits = limits;
  }

  /** Those that a movement of a holder must keep. */
  of(movement: Movement | undefined, holderId: string, merchantId: string, day: number): Counter[] {
    return this.#limits
      .filter((limit) => limit.movement === movement)
      .map((limit) => {
        const subject = limit.countedPer === 'HOLDER' ? holderId : merchantId;
        const name = `${limit.ruleId} ${subject} ${periodOf(limit.period, day)}`;
        const { ruleId, countedPer, period, amountMax, countMax } = limit;
        const counter = this.#counters.get(name) ?? {
          ruleId,
          subject,
          periodStart: String(periodOf(period, day)),
          countedPer,
          period,
          amountMax: amountMax === undefined ? undefined : BigInt(amountMax),
          countMax: countMax === undefined ? undefined : BigInt(countMax),
          ...{ amount: 0n, count: 0n, amountAdded: 0n, countAdded: 0n },
        };
        this.#counters.set(name, counter);
        return counter;
      });
  }
}
