import { createRpcClient, type RpcClientOptions } from '@localplus/rpc';
import { WalletServiceClient } from '@localplus/rpc/wallet';
import type { BalanceChange } from '../domain/balance-change.ts';
import { toBalanceChangeMessage } from './balance-messages.ts';

/** A till waits for this hop. The wallet needs a few milliseconds; what takes longer is left to the event. */
const applyDeadlineMs = 150;

/** What the ledger tells the wallet. */
export interface WalletClient {
  /**
   * Hands over the changes of one commit.
   * @throws RpcFailed when the wallet did not take them in time
   */
  applyBalanceChanges(changes: readonly BalanceChange[]): Promise<void>;
  close(): void;
}

/** Opens the client of the wallet, speaking as this process. */
export function createWalletClient(options: RpcClientOptions): WalletClient {
  const client = createRpcClient(WalletServiceClient, options);
  return {
    applyBalanceChanges: async (changes) => {
      await client.call('applyBalanceChanges', { changes: changes.map(toBalanceChangeMessage) }, applyDeadlineMs);
    },
    close: () => client.close(),
  };
}
