import type { NegativeBalance } from '../../src/domain/program.ts';

/** One point. The model keeps every point as a thing of its own: slow, and too simple to be wrong in the ledger's way. */
interface Point {
  /** Grows with the order in which lots came. */
  lot: number;
  /** How many points its lot had when it came. */
  granted: number;
  activatesAt: number;
  endsAt: number;
  /** Ends when its wallet neither earned nor spent for so many days since. */
  inactivity: { earnedAt: number; days: number } | undefined;
  place: 'PENDING' | 'AVAILABLE' | 'HELD' | 'GONE';
}

interface Wallet {
  points: Point[];
  owed: number;
  /** The newest earning or spending. */
  activeAt: number;
}

/** A line of a purchase, by its name. */
export type Lines = ReadonlyMap<string, number>;

interface Earned {
  wallet: number;
  lot: number;
  purchase: number;
  earned: number;
  returned: number;
  lines: Lines;
  returnedLines: Map<string, number>;
  settledPoints: number;
  isReversed: boolean;
}

interface Spent {
  wallet: number;
  /** In the order in which they were taken. */
  points: Point[];
  givenBack: number;
  isReversed: boolean;
}

interface Held {
  wallet: number;
  points: Point[];
  expiresAt: number;
  end: 'CAPTURED' | 'RELEASED' | 'EXPIRED' | undefined;
  captured: number;
}

/** What a wallet has. */
export interface Figures {
  pending: number;
  available: number;
  held: number;
  owed: number;
}

/** When points that are earned can be spent, in days of the model. */
export interface Period {
  activatesAt: number | undefined;
  endsAt: number | undefined;
  inactivityDays: number | undefined;
}

/** What comes back of a purchase: an amount, or lines, of each so much or all that is left. */
export type ReturnedPart = number | readonly { lineId: string; amount: number | undefined }[];

const never = Number.POSITIVE_INFINITY;

/** The rules of points, told by single points. One point is earned for each unit of a purchase. */
export class PointModel {
  readonly wallets: Wallet[];
  readonly earnings: Earned[] = [];
  readonly spendings: Spent[] = [];
  readonly holds: Held[] = [];
  now = 0;
  #lots = 0;

  constructor(walletCount: number) {
    this.wallets = Array.from({ length: walletCount }, () => ({ points: [], owed: 0, activeAt: 0 }));
  }

  figures(wallet: number): Figures {
    const { points, owed } = this.#wallet(wallet);
    const count = (place: Point['place']) => points.filter((point) => point.place === place).length;
    return { pending: count('PENDING'), available: count('AVAILABLE'), held: count('HELD'), owed };
  }

  /** Does what is due: ends holds, activates, expires. */
  settle(wallet: number): void {
    const ended = this.holds.filter((hold) => hold.wallet === wallet && !hold.end && hold.expiresAt <= this.now);
    for (const hold of ended.sort((a, b) => a.expiresAt - b.expiresAt)) {
      hold.end = 'EXPIRED';
      this.#arrive(wallet, hold.points.splice(0).sort(this.#bySoonestEnd(wallet)));
    }
    const { points } = this.#wallet(wallet);
    const due = points.filter(({ place, activatesAt }) => place === 'PENDING' && activatesAt <= this.now);
    this.#arrive(
      wallet,
      due.sort((a, b) => a.activatesAt - b.activatesAt || a.lot - b.lot),
    );
    for (const point of points) {
      if (point.place === 'AVAILABLE' && this.#endOf(wallet, point) <= this.now) point.place = 'GONE';
    }
  }

  earn(
    wallet: number,
    amount: number,
    { activatesAt = 0, endsAt, inactivityDays }: Period,
    lines: Lines = new Map(),
  ): string {
    this.settle(wallet);
    const lot = this.#nextLot();
    const dates = {
      activatesAt,
      endsAt: endsAt ?? never,
      inactivity: inactivityDays === undefined ? undefined : { earnedAt: this.now, days: inactivityDays },
    };
    const points = Array.from({ length: amount }, (): Point => ({ lot, granted: amount, ...dates, place: 'PENDING' }));
    this.#wallet(wallet).points.push(...points);
    if (activatesAt <= this.now) this.#arrive(wallet, points);
    const state = { returned: 0, returnedLines: new Map(), settledPoints: 0, isReversed: false };
    this.earnings.push({ wallet, lot, purchase: amount, earned: amount, lines, ...state });
    this.#markActive(wallet);
    this.settle(wallet);
    return 'DONE';
  }

  burn(wallet: number, amount: number): string {
    this.settle(wallet);
    if (amount > this.#spendable(wallet)) return 'INSUFFICIENT';
    const points = this.#soonest(wallet, amount);
    for (const point of points) point.place = 'GONE';
    this.spendings.push({ wallet, points, givenBack: 0, isReversed: false });
    this.#markActive(wallet);
    return 'DONE';
  }

  hold(wallet: number, amount: number, valid: number): string {
    this.settle(wallet);
    if (amount > this.#spendable(wallet)) return 'INSUFFICIENT';
    const points = this.#soonest(wallet, amount);
    for (const point of points) point.place = 'HELD';
    this.holds.push({ wallet, points, expiresAt: this.now + valid, end: undefined, captured: 0 });
    return 'DONE';
  }

  capture(index: number, amount: number | undefined, isFinal: boolean): string {
    const hold = this.#holdAt(index);
    this.settle(hold.wallet);
    if (hold.end !== undefined) return 'HOLD_ENDED';
    const captured = amount ?? hold.points.length;
    if (captured > hold.points.length) return 'HOLD_EXCEEDED';
    hold.points.sort(this.#bySoonestEnd(hold.wallet));
    const points = hold.points.splice(0, captured);
    for (const point of points) point.place = 'GONE';
    hold.captured += captured;
    if (isFinal) this.#arrive(hold.wallet, hold.points.splice(0));
    if (hold.points.length === 0) hold.end = 'CAPTURED';
    this.spendings.push({ wallet: hold.wallet, points, givenBack: 0, isReversed: false });
    this.#markActive(hold.wallet);
    this.settle(hold.wallet);
    return 'DONE';
  }

  release(index: number): string {
    const hold = this.#holdAt(index);
    this.settle(hold.wallet);
    if (hold.end !== undefined) return 'HOLD_ENDED';
    this.#arrive(hold.wallet, hold.points.splice(0).sort(this.#bySoonestEnd(hold.wallet)));
    hold.end = 'RELEASED';
    this.settle(hold.wallet);
    return 'DONE';
  }

  refund(index: number, amount: number | undefined, grace: number): string {
    const spent = this.#spendingAt(index);
    this.settle(spent.wallet);
    const refundable = spent.points.length - spent.givenBack;
    if (refundable === 0 || (amount ?? 0) > refundable) return 'REFUND_EXCEEDED';
    this.#giveBack(spent, amount ?? refundable, grace);
    this.settle(spent.wallet);
    return 'DONE';
  }

  reverseSpending(index: number, grace: number): string {
    const spent = this.#spendingAt(index);
    this.settle(spent.wallet);
    if (spent.isReversed) return 'ALREADY_REVERSED';
    const refundable = spent.points.length - spent.givenBack;
    if (refundable === 0) return 'REFUND_EXCEEDED';
    this.#giveBack(spent, refundable, grace);
    this.settle(spent.wallet);
    spent.isReversed = true;
    return 'DONE';
  }

  /** @param spending what was spent in the same purchase, given back in proportion */
  returnPurchase(index: number, part: ReturnedPart, policy: NegativeBalance, spending?: number): string {
    const earned = this.#earningAt(index);
    this.settle(earned.wallet);
    if (earned.isReversed) return 'ALREADY_REVERSED';
    const amounts = typeof part === 'number' ? new Map() : returnedLines(earned, part);
    if (typeof amounts === 'string') return amounts;
    const amount = typeof part === 'number' ? part : [...amounts.values()].reduce((sum, of) => sum + of, 0);
    if (amount > earned.purchase - earned.returned) return 'RETURN_EXCEEDED';
    for (const [line, of] of amounts) earned.returnedLines.set(line, (earned.returnedLines.get(line) ?? 0) + of);
    earned.returned += amount;
    if (spending !== undefined) {
      const spent = this.#spendingAt(spending);
      const due = Math.floor((spent.points.length * earned.returned) / earned.purchase) - spent.givenBack;
      if (due > 0) this.#giveBack(spent, due, 0);
    }
    const due = earned.earned - earned.settledPoints - (earned.purchase - earned.returned);
    this.#takeBack(earned, due, policy);
    earned.settledPoints += due;
    this.settle(earned.wallet);
    return 'DONE';
  }

  reverseEarning(index: number, policy: NegativeBalance): string {
    const earned = this.#earningAt(index);
    this.settle(earned.wallet);
    if (earned.isReversed) return 'ALREADY_REVERSED';
    const due = earned.earned - earned.settledPoints;
    if (due === 0) return 'ALREADY_REVERSED';
    if (due > this.#collectable(earned, policy)) return 'INSUFFICIENT';
    this.#takeBack(earned, due, policy);
    earned.settledPoints += due;
    earned.isReversed = true;
    return 'DONE';
  }

  transfer(from: number, to: number, amount: number): string {
    this.settle(from);
    this.settle(to);
    if (amount > this.#spendable(from)) return 'INSUFFICIENT';
    const points = this.#soonest(from, amount);
    const byLot = Map.groupBy(points, ({ lot }) => lot);
    for (const group of byLot.values()) {
      const lot = this.#nextLot();
      const arrived = group.map(({ endsAt, inactivity }): Point => {
        return { lot, granted: group.length, activatesAt: 0, endsAt, inactivity, place: 'PENDING' };
      });
      for (const point of group) point.place = 'GONE';
      this.#wallet(to).points.push(...arrived);
      this.#arrive(to, arrived);
    }
    this.#markActive(from);
    this.settle(to);
    return 'DONE';
  }

  /** Points become available; what is owed is paid with them first. */
  #arrive(wallet: number, points: readonly Point[]): void {
    const state = this.#wallet(wallet);
    for (const point of points) {
      point.place = state.owed > 0 ? 'GONE' : 'AVAILABLE';
      if (state.owed > 0) state.owed -= 1;
    }
  }

  #giveBack(spent: Spent, amount: number, grace: number): void {
    const points = spent.points.toReversed().slice(spent.givenBack, spent.givenBack + amount);
    spent.givenBack += amount;
    for (const group of Map.groupBy(points, ({ lot }) => lot).values()) {
      const [first] = group;
      if (first === undefined) continue;
      const isGraced = this.#endOf(spent.wallet, first) <= this.now && grace > 0;
      const graced = isGraced
        ? { lot: this.#nextLot(), granted: group.length, endsAt: this.now + grace, inactivity: undefined }
        : {};
      const back = group.map((point): Point => ({ ...point, ...graced, place: 'PENDING' }));
      this.#wallet(spent.wallet).points.push(...back);
      this.#arrive(spent.wallet, back);
    }
  }

  #collectable({ wallet, lot }: Earned, policy: NegativeBalance): number {
    const { points, owed } = this.#wallet(wallet);
    const own = points.filter((point) => point.lot === lot && point.place === 'PENDING').length;
    const { available, pending } = this.figures(wallet);
    const room = { NEVER: 0, WITHIN_PENDING: Math.max(0, pending - own - owed), UNLIMITED: never }[policy];
    return own + available + room;
  }

  #takeBack(earned: Earned, due: number, policy: NegativeBalance): void {
    const { points } = this.#wallet(earned.wallet);
    let missing = Math.min(due, this.#collectable(earned, policy));
    const ownFirst = [
      ...points.filter((point) => point.lot === earned.lot && point.place === 'PENDING'),
      ...points.filter((point) => point.lot === earned.lot && point.place === 'AVAILABLE'),
      ...this.#soonest(earned.wallet, points.length).filter((point) => point.lot !== earned.lot),
    ];
    for (const point of ownFirst.slice(0, missing)) point.place = 'GONE';
    missing -= Math.min(missing, ownFirst.length);
    this.#wallet(earned.wallet).owed += missing;
  }

  /** The points that are spent first: those that end soonest; where lots end together, of the smaller one, then of the older. */
  #soonest(wallet: number, amount: number): Point[] {
    const available = this.#wallet(wallet).points.filter(({ place }) => place === 'AVAILABLE');
    return available.sort(this.#bySoonestEnd(wallet)).slice(0, amount);
  }

  #bySoonestEnd(wallet: number): (a: Point, b: Point) => number {
    return (a, b) => {
      const [endOfA, endOfB] = [this.#endOf(wallet, a), this.#endOf(wallet, b)];
      if (endOfA !== endOfB) return endOfA - endOfB;
      return a.granted - b.granted || a.lot - b.lot;
    };
  }

  #endOf(wallet: number, { endsAt, inactivity }: Point): number {
    if (inactivity === undefined) return endsAt;
    return Math.max(inactivity.earnedAt, this.#wallet(wallet).activeAt) + inactivity.days;
  }

  #markActive(wallet: number): void {
    this.#wallet(wallet).activeAt = this.now;
  }

  #spendable(wallet: number): number {
    const { available, owed } = this.figures(wallet);
    return available - owed;
  }

  #nextLot(): number {
    this.#lots += 1;
    return this.#lots;
  }

  #wallet(index: number): Wallet {
    const wallet = this.wallets[index];
    if (wallet === undefined) throw new Error('The model has no such wallet.');
    return wallet;
  }

  #holdAt(index: number): Held {
    const hold = this.holds[index];
    if (hold === undefined) throw new Error('The model has no such hold.');
    return hold;
  }

  #earningAt(index: number): Earned {
    const earned = this.earnings[index];
    if (earned === undefined) throw new Error('The model has no such purchase.');
    return earned;
  }

  #spendingAt(index: number): Spent {
    const spent = this.spendings[index];
    if (spent === undefined) throw new Error('The model has no such spending.');
    return spent;
  }
}

/** What comes back of each line, or why it may not. */
function returnedLines(earned: Earned, part: Exclude<ReturnedPart, number>): Map<string, number> | string {
  const amounts = new Map<string, number>();
  for (const { lineId, amount } of part) {
    const bought = earned.lines.get(lineId);
    if (bought === undefined) return 'UNKNOWN_LINE';
    const left = bought - (earned.returnedLines.get(lineId) ?? 0) - (amounts.get(lineId) ?? 0);
    if (left === 0 || (amount ?? left) > left) return 'RETURN_EXCEEDED';
    amounts.set(lineId, (amounts.get(lineId) ?? 0) + (amount ?? left));
  }
  return amounts;
}
