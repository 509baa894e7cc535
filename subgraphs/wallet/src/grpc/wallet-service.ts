import { fromUuid } from '@localplus/identifiers';
import type { IdentityVerifier } from '@localplus/identity';
import type { Logger } from '@localplus/logging';
import { unary } from '@localplus/rpc';
import {
  type ApplyBalanceChangesRequest,
  type ApplyBalanceChangesResponse,
  type ResolveCallerRequest,
  type ResolveCallerResponse,
  type WalletServiceServer,
  WalletServiceService,
} from '@localplus/rpc/wallet';
import { applyCommittedChanges } from '../commands/apply-balance-changes.ts';
import type { BalanceStore } from '../store/balance-store.ts';
import type { Database } from '../store/connection.ts';
import { consumerOfLogin } from '../store/consumer-rows.ts';
import { readBalanceChange } from './balance-messages.ts';

interface WalletServiceOptions {
  pool: Database;
  store: BalanceStore;
  verifier: IdentityVerifier;
  logger: Logger;
}

/** What the wallet offers over gRPC: balances are taken from the ledger alone, logins are resolved for the gateway alone. */
export function walletService({ pool, store, verifier, logger }: WalletServiceOptions) {
  const implementation: WalletServiceServer = {
    applyBalanceChanges: unary<ApplyBalanceChangesRequest, ApplyBalanceChangesResponse>(
      { verifier, logger, allowed: ['ledger'] },
      async ({ changes }) => ({ applied: await applyCommittedChanges(store, changes.map(readBalanceChange)) }),
    ),
    resolveCaller: unary<ResolveCallerRequest, ResolveCallerResponse>(
      { verifier, logger, allowed: ['gateway'] },
      async ({ issuer, subject }) => {
        const consumerId = await consumerOfLogin(pool, issuer, subject);
        return { consumerId: consumerId === undefined ? '' : fromUuid('con', consumerId) };
      },
    ),
  };
  return { definition: WalletServiceService, implementation };
}
