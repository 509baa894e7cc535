import { fromUuid } from '@localplus/identifiers';
import { burnPoints } from '../../src/commands/burn-points.ts';
import { earnPoints } from '../../src/commands/earn-points.ts';
import { captureHold, releaseHold } from '../../src/commands/end-hold.ts';
import { placeHold } from '../../src/commands/place-hold.ts';
import type { Posted } from '../../src/commands/posted.ts';
import { refundTransaction } from '../../src/commands/refund-transaction.ts';
import { returnPurchase } from '../../src/commands/return-purchase.ts';
import type { Refusal } from '../../src/domain/refusals.ts';
import { staffOf } from '../callers.ts';
import { type HouseWallet, type LedgerHouse, newKey } from '../ledger-house.ts';
import { settling } from '../requests.ts';

const secondsPerDay = 86_400;
const minorPerEuro = 100n;

/** Plays commands on one wallet as the merchant's owner sends them, and remembers by a name what each posted. */
export class Stage {
  readonly #house: LedgerHouse;
  readonly #wallet: HouseWallet;
  readonly #posted = new Map<string, Posted>();

  constructor(house: LedgerHouse, wallet: HouseWallet) {
    this.#house = house;
    this.#wallet = wallet;
  }

  async buy(name: string, euros: bigint): Promise<void> {
    const purchase = { amountMinor: euros * minorPerEuro, currency: 'EUR' };
    const input = { idempotencyKey: newKey(), walletId: this.#wallet.wallet, purchase };
    this.#remember(name, await earnPoints(this.#house.commands, input, this.#owner));
  }

  async spend(name: string, points: bigint): Promise<void> {
    const input = { idempotencyKey: newKey(), walletId: this.#wallet.wallet, points };
    this.#remember(name, await burnPoints(this.#house.commands, input, this.#owner));
  }

  async refund(spending: string, points: bigint): Promise<void> {
    const input = { idempotencyKey: newKey(), transactionId: this.#idOf(spending), points, reason: 'cancelled' };
    this.#remember(`refund of ${spending}`, await refundTransaction(this.#house.commands, input, this.#owner));
  }

  async bringBack(purchase: string, euros: bigint): Promise<void> {
    const returned = { transactionId: this.#idOf(purchase), amountMinor: euros * minorPerEuro, reason: 'wrong-size' };
    const input = { idempotencyKey: newKey(), ...returned };
    this.#remember(`return of ${purchase}`, await returnPurchase(this.#house.commands, input, this.#owner));
  }

  async hold(name: string, points: bigint, days: number): Promise<void> {
    const validForSeconds = days * secondsPerDay;
    const input = { idempotencyKey: newKey(), walletId: this.#wallet.wallet, points, validForSeconds };
    this.#remember(name, await placeHold(this.#house.commands, input, this.#owner));
  }

  async capture(hold: string, points: bigint): Promise<void> {
    const input = { idempotencyKey: newKey(), holdId: await this.#holdOf(hold), points, isFinal: false };
    this.#remember(`capture of ${hold}`, await captureHold(this.#house.commands, input, this.#owner));
  }

  async release(hold: string): Promise<void> {
    const input = { idempotencyKey: newKey(), holdId: await this.#holdOf(hold) };
    this.#remember(`release of ${hold}`, await releaseHold(this.#house.commands, input, this.#owner));
  }

  /** Does what has become due, as the ledger does by itself. */
  async letTimePass(): Promise<void> {
    const { holderId } = this.#wallet;
    await this.#house.writer.post({ ...(await this.#house.earning(holderId, 1n)), ...settling() });
  }

  get #owner() {
    return staffOf(this.#wallet.merchant);
  }

  #remember(name: string, result: Posted | Refusal): void {
    if (!('change' in result)) throw new Error(`${name} was refused: ${result.code}`);
    this.#posted.set(name, result);
  }

  #transactionOf(name: string): string {
    const posted = this.#posted.get(name);
    if (posted === undefined) throw new Error(`Nothing was posted as ${name}.`);
    return posted.change.transactionId;
  }

  #idOf(name: string): string {
    return fromUuid('trx', this.#transactionOf(name));
  }

  async #holdOf(name: string): Promise<string> {
    const { rows } = await this.#house.pool.query<{ holdId: string }>(
      'SELECT hold_id AS "holdId" FROM transaction WHERE id = $1',
      [this.#transactionOf(name)],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`${name} is not in the journal.`);
    return fromUuid('hol', row.holdId);
  }
}
