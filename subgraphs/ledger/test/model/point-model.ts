import type { NegativeBalance } from '../../src/domain/program.ts';

/** One point. The model keeps every point as a thing of its own: slow, and too simple to be wrong in the ledger's way. */
interface Point {
  /** Grows with the order in which lots came. */
  lot: number;
  activatesAt: number;
  endsAt: number;
  place: 'PENDING' | 'AVAILABLE' | 'HELD' | 'GONE';
}

interface Wallet {
  points: Point[];
  owed: number;
}

interface Earned {
  wallet: number;
  lot: number;
  purchase: number;
  earned: number;
  returned: number;
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
    this.wallets = Array.from({ length: walletCount }, () => ({ points: [], owed: 0 }));
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
      this.#arrive(wallet, hold.points.splice(0));
    }
    const { points } = this.#wallet(wallet);
    const due = points.filter(({ place, activatesAt }) => place === 'PENDING' && activatesAt <= this.now);
    this.#arrive(
      wallet,
      due.sort((a, b) => a.activatesAt - b.activatesAt || a.lot - b.lot),
    );
    for (const point of points) if (point.place === 'AVAILABLE' && point.endsAt <= this.now) point.place = 'GONE';
  }

  earn(wallet: number, amount: number, { delay, validity }: { delay: number; validity: number | undefined }): string {
    this.settle(wallet);
    const lot = this.#nextLot();
    const activatesAt = this.now + delay;
    const endsAt = validity === undefined ? never : this.now + validity;
    const points = Array.from({ length: amount }, (): Point => ({ lot, activatesAt, endsAt, place: 'PENDING' }));
    this.#wallet(wallet).points.push(...points);
    if (delay === 0) this.#arrive(wallet, points);
    const state = { returned: 0, settledPoints: 0, isReversed: false };
    this.earnings.push({ wallet, lot, purchase: amount, earned: amount, ...state });
    this.settle(wallet);
    return 'DONE';
  }

  burn(wallet: number, amount: number): string {
    this.settle(wallet);
    if (amount > this.#spendable(wallet)) return 'INSUFFICIENT';
    const points = this.#soonest(wallet, amount);
    for (const point of points) point.place = 'GONE';
    this.spendings.push({ wallet, points, givenBack: 0, isReversed: false });
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
    const points = hold.points.splice(0, captured);
    for (const point of points) point.place = 'GONE';
    hold.captured += captured;
    if (isFinal) this.#arrive(hold.wallet, hold.points.splice(0));
    if (hold.points.length === 0) hold.end = 'CAPTURED';
    this.spendings.push({ wallet: hold.wallet, points, givenBack: 0, isReversed: false });
    this.settle(hold.wallet);
    return 'DONE';
  }

  release(index: number): string {
    const hold = this.#holdAt(index);
    this.settle(hold.wallet);
    if (hold.end !== undefined) return 'HOLD_ENDED';
    this.#arrive(hold.wallet, hold.points.splice(0));
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
    return 'DONE';
  }

  returnPurchase(index: number, amount: number, policy: NegativeBalance): string {
    const earned = this.#earningAt(index);
    this.settle(earned.wallet);
    if (earned.isReversed) return 'ALREADY_REVERSED';
    if (amount > earned.purchase - earned.returned) return 'RETURN_EXCEEDED';
    earned.returned += amount;
    const due = earned.earned - earned.settledPoints - (earned.purchase - earned.returned);
    this.#takeBack(earned, due, policy);
    earned.settledPoints += due;
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
      const arrived = group.map(({ endsAt }): Point => ({ lot, activatesAt: 0, endsAt, place: 'PENDING' }));
      for (const point of group) point.place = 'GONE';
      this.#wallet(to).points.push(...arrived);
      this.#arrive(to, arrived);
    }
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
      const isGraced = first.endsAt <= this.now && grace > 0;
      const lot = isGraced ? this.#nextLot() : first.lot;
      const back = group.map((point): Point => {
        return { ...point, lot, endsAt: isGraced ? this.now + grace : point.endsAt, place: 'PENDING' };
      });
      this.#wallet(spent.wallet).points.push(...back);
      this.#arrive(spent.wallet, back);
    }
    this.settle(spent.wallet);
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

  /** The points that are spent first: those that end soonest, of the older lot where two end together. */
  #soonest(wallet: number, amount: number): Point[] {
    const available = this.#wallet(wallet).points.filter(({ place }) => place === 'AVAILABLE');
    return available.sort((a, b) => (a.endsAt === b.endsAt ? a.lot - b.lot : a.endsAt - b.endsAt)).slice(0, amount);
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
