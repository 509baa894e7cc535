import type { Logger } from '@localplus/logging';
import type { BalanceChange } from '../domain/balance-change.ts';
import { CircuitBreaker } from '../domain/circuit-breaker.ts';
import type { WalletClient } from './wallet-client.ts';

/** Five batches that waited for nothing are enough: each costs its tills the whole deadline. */
const failuresMax = 5;
/** A wallet that was restarted is back within a second or two. */
const openForMs = 1_000;
/** Two slots commit about 30 batches while one call waits for its deadline: more in flight means that none comes back. */
const callsInFlightMax = 32;

interface TellWalletOptions {
  wallet: Pick<WalletClient, 'applyBalanceChanges'>;
  logger: Logger;
}

/** Tells the wallet what was committed and answers whether it took it. Never rejects: the event repairs what failed here. */
export type TellWallet = (changes: readonly BalanceChange[]) => Promise<'CURRENT' | 'CATCHING_UP'>;

/** Makes the hop from a commit to the wallet: one call per batch, no retry, and a breaker in front. */
export function createTellWallet({ wallet, logger }: TellWalletOptions): TellWallet {
  const breaker = new CircuitBreaker({ failuresMax, openForMs });
  let callsInFlight = 0;

  return async (changes) => {
    if (callsInFlight >= callsInFlightMax || !breaker.tryEnter(performance.now())) return 'CATCHING_UP';
    callsInFlight += 1;
    try {
      await wallet.applyBalanceChanges(changes);
      if (breaker.isOpen) logger.info('the wallet takes balance changes again');
      breaker.succeeded();
      return 'CURRENT';
    } catch (error) {
      const wasOpen = breaker.isOpen;
      breaker.failed(performance.now());
      if (breaker.isOpen && !wasOpen) {
        logger.warn({ err: error }, 'the wallet does not take balance changes: it follows by events until it does');
      }
      return 'CATCHING_UP';
    } finally {
      callsInFlight -= 1;
    }
  };
}
