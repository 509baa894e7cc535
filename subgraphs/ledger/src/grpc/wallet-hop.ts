import type { Logger } from '@localplus/logging';
import type { BalanceChange } from '../domain/balance-change.ts';
import type { BalanceState } from '../store/posting-writer.ts';
import type { WalletClient } from './wallet-client.ts';

/** So many failures in a row are no accident: each of them has cost a till the whole deadline. */
const failuresMax = 3;
/** How long the wallet is left alone then; a process that was restarted is back within seconds. */
const leftAloneMs = 1_000;

interface WalletHopOptions {
  wallet: Pick<WalletClient, 'applyBalanceChanges'>;
  logger: Logger;
  /** Monotonic time in milliseconds; for tests. */
  nowMs?: () => number;
}

/**
 * Tells the wallet of commits, and stops doing so for a while when it does not answer: the event brings it up to date
 * anyway, and no till waits for a wallet that is known to be away. Nothing is tried twice.
 */
export class WalletHop {
  readonly #wallet: WalletHopOptions['wallet'];
  readonly #logger: Logger;
  readonly #nowMs: () => number;
  #failures = 0;
  #leftAloneUntilMs = Number.NEGATIVE_INFINITY;

  constructor({ wallet, logger, nowMs = () => performance.now() }: WalletHopOptions) {
    this.#wallet = wallet;
    this.#logger = logger;
    this.#nowMs = nowMs;
  }

  /** Hands over the changes of one commit, and says whether the wallet has them. Never rejects. */
  async tell(changes: readonly BalanceChange[]): Promise<BalanceState> {
    if (this.#nowMs() < this.#leftAloneUntilMs) return 'CATCHING_UP';
    // While one attempt finds out whether the wallet is back, the others do not wait for it.
    if (this.#isOnTrial) this.#leftAloneUntilMs = this.#nowMs() + leftAloneMs;
    try {
      await this.#wallet.applyBalanceChanges(changes);
      this.#failures = 0;
      this.#leftAloneUntilMs = Number.NEGATIVE_INFINITY;
      return 'CURRENT';
    } catch (error) {
      this.#failures += 1;
      if (this.#failures === failuresMax)
        this.#logger.warn({ err: error }, 'the wallet does not answer and catches up by events');
      if (this.#isOnTrial) this.#leftAloneUntilMs = this.#nowMs() + leftAloneMs;
      return 'CATCHING_UP';
    }
  }

  get #isOnTrial(): boolean {
    return this.#failures >= failuresMax;
  }
}
