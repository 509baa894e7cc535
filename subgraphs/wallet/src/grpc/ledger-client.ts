import { fromUuid } from '@localplus/identifiers';
import { createRpcClient, type RpcClientOptions } from '@localplus/rpc';
import { LedgerServiceClient } from '@localplus/rpc/ledger';
import type { ListChanges, OpenHolder } from '../domain/ledger.ts';
import { readBalance, readBalanceChange } from './balance-messages.ts';

/** Somebody stands at a till; the finisher has the same patience. */
const openHolderDeadlineMs = 2_000;
/** A page of 1,000 changes takes the ledger some tens of milliseconds. */
const listChangesDeadlineMs = 2_000;

/** What the wallet asks the ledger. */
export interface LedgerClient {
  openHolder: OpenHolder;
  listChanges: ListChanges;
  close(): void;
}

/** Opens the client of the ledger, speaking as this process. */
export function createLedgerClient(options: RpcClientOptions): LedgerClient {
  const client = createRpcClient(LedgerServiceClient, options);
  return {
    openHolder: async ({ holderId, consumerId, programId, merchantId, pointAssetCode }) => {
      const request = {
        holderId: fromUuid('wal', holderId),
        consumerId: fromUuid('con', consumerId),
        programId: fromUuid('prg', programId),
        merchantId: fromUuid('mer', merchantId),
        assets: [{ code: pointAssetCode, scale: 0 }],
      };
      const { version, balances } = await client.call('openHolder', request, openHolderDeadlineMs);
      return { version, balances: balances.map(readBalance) };
    },
    listChanges: async (holderId, afterVersion, limit) => {
      const request = { holderId: fromUuid('wal', holderId), afterVersion, limit };
      const response = await client.call('listBalanceChanges', request, listChangesDeadlineMs);
      return {
        changes: response.changes.map(readBalanceChange),
        current: { version: response.currentVersion, balances: response.currentBalances.map(readBalance) },
      };
    },
    close: () => client.close(),
  };
}
