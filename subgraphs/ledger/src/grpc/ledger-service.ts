import { parseId } from '@localplus/identifiers';
import type { IdentityVerifier } from '@localplus/identity';
import type { Logger } from '@localplus/logging';
import { rpcStatus, unary } from '@localplus/rpc';
import {
  type LedgerServiceServer,
  LedgerServiceService,
  type ListBalanceChangesRequest,
  type ListBalanceChangesResponse,
  type OpenHolderRequest,
  type OpenHolderResponse,
} from '@localplus/rpc/ledger';
import { type HolderOpening, openHolder } from '../commands/open-holder.ts';
import { InvalidInput } from '../domain/failures.ts';
import { listBalanceChanges } from '../queries/list-balance-changes.ts';
import type { Sql } from '../store/connection.ts';
import { toBalanceChangeMessage, toBalanceMessage } from './balance-messages.ts';

/** As the contract says; a page of this size is about 600 kB. */
const changesMax = 1_000;

interface LedgerServiceOptions {
  pool: Sql;
  verifier: IdentityVerifier;
  logger: Logger;
}

/** What the ledger offers over gRPC, to the wallet alone. */
export function ledgerService({ pool, verifier, logger }: LedgerServiceOptions) {
  const options = { verifier, logger, allowed: ['wallet'] as const };

  const readState = async (holderId: string, afterVersion: bigint, limit: number) => {
    const history = await listBalanceChanges(pool, holderId, afterVersion, limit);
    if (history === undefined) throw rpcStatus('NOT_FOUND', 'There is no such holder.');
    return history;
  };

  const implementation: LedgerServiceServer = {
    openHolder: unary<OpenHolderRequest, OpenHolderResponse>(options, async (request) => {
      const opening = readOpening(request);
      const isAsAsked = await openHolder(pool, opening).catch((error: unknown) => {
        throw error instanceof InvalidInput ? rpcStatus('INVALID_ARGUMENT', error.message) : error;
      });
      if (!isAsAsked) throw rpcStatus('ALREADY_EXISTS', 'The holder exists with another owner or other assets.');
      const { currentVersion, currentBalances } = await readState(opening.holderId, 0n, 0);
      return { version: currentVersion, balances: currentBalances.map(toBalanceMessage) };
    }),
    listBalanceChanges: unary<ListBalanceChangesRequest, ListBalanceChangesResponse>(
      options,
      async ({ holderId, afterVersion, limit }) => {
        if (limit < 0 || limit > changesMax || afterVersion < 0n) {
          throw rpcStatus('INVALID_ARGUMENT', `limit is 0 to ${changesMax}, after_version is not negative.`);
        }
        const { changes, currentVersion, currentBalances } = await readState(
          readId(holderId, 'wal'),
          afterVersion,
          limit,
        );
        return {
          changes: changes.map(toBalanceChangeMessage),
          currentVersion,
          currentBalances: currentBalances.map(toBalanceMessage),
        };
      },
    ),
  };
  return { definition: LedgerServiceService, implementation };
}

function readOpening(request: OpenHolderRequest): HolderOpening {
  return {
    holderId: readId(request.holderId, 'wal'),
    kind: 'wallet',
    merchantId: readId(request.merchantId, 'mer'),
    programId: readId(request.programId, 'prg'),
    consumerId: readId(request.consumerId, 'con'),
    assets: request.assets,
  };
}

function readId(text: string, prefix: 'wal' | 'mer' | 'prg' | 'con'): string {
  const uuid = parseId(text, prefix);
  if (uuid === undefined)
    throw rpcStatus('INVALID_ARGUMENT', `An identifier that begins with ${prefix}_ is malformed.`);
  return uuid;
}
