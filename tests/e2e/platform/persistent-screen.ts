import type { TestWallet } from './merchants.ts';
import type { Platform } from './start-platform.ts';

const followDocument = `subscription Follow($walletId: ID!, $after: String) {
  balanceChanged(walletId: $walletId, after: $after) { cursor version skipped }
}`;
const pollMs = 500;
const reconnectPauseMs = 100;

interface FollowedEvent {
  balanceChanged: { cursor: string; version: string; skipped: number };
}

/**
 * A screen that wants to show every version: it opens its subscription again where it was whenever the platform has ended
 * it, or has put changes together because more of them came at once than a client's queue holds.
 */
export interface PersistentScreen {
  /** Waits for a version and returns all that were shown until then, in their order. */
  untilVersion(version: number, timeoutMs: number): Promise<number[]>;
  close(): Promise<void>;
}

/** Watches a wallet from its present state on. */
export function followBalance(platform: Platform, wallet: TestWallet): PersistentScreen {
  const seen: number[] = [];
  let cursor: string | undefined;
  let isClosed = false;
  let lastError: unknown;

  const watchOnce = async () => {
    const variables = { walletId: wallet.id, ...(cursor === undefined ? {} : { after: cursor }) };
    const subscription = platform.subscribe<FollowedEvent>(wallet.token, followDocument, variables);
    try {
      while (!isClosed) {
        if (subscription.waiting === 0 && !(await subscription.hasEvent(pollMs))) continue;
        const { balanceChanged } = await subscription.next();
        if (balanceChanged.skipped > 0) throw new Error(`${balanceChanged.skipped} versions were put together.`);
        seen.push(Number(balanceChanged.version));
        cursor = balanceChanged.cursor;
      }
    } finally {
      await subscription.close();
    }
  };
  const following = (async () => {
    while (!isClosed) {
      await watchOnce().catch((error: unknown) => {
        lastError = error;
      });
      if (!isClosed) await new Promise((resolve) => setTimeout(resolve, reconnectPauseMs));
    }
  })();

  return {
    untilVersion: async (version, timeoutMs) => {
      const deadline = performance.now() + timeoutMs;
      while ((seen.at(-1) ?? -1) < version) {
        if (performance.now() > deadline) {
          throw new Error(`The screen stands at ${seen.at(-1)} instead of ${version}.`, { cause: lastError });
        }
        await new Promise((resolve) => setTimeout(resolve, reconnectPauseMs));
      }
      return [...seen];
    },
    close: async () => {
      isClosed = true;
      await following;
    },
  };
}
