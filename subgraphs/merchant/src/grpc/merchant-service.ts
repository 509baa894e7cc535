import type { IdentityVerifier } from '@localplus/identity';
import type { Logger } from '@localplus/logging';
import { rpcStatus, unary } from '@localplus/rpc';
import {
  type GetProgramsRequest,
  type GetProgramsResponse,
  type MerchantServiceServer,
  MerchantServiceService,
  type ResolveCallerRequest,
  type ResolveCallerResponse,
} from '@localplus/rpc/merchant';
import { type ResolvedCaller, resolveLogin, resolvePartnerKey } from '../queries/resolve-caller.ts';
import { readProgramStates } from '../store/program-states.ts';
import type { Database } from '../store/transaction.ts';
import { writeProgram } from './program-messages.ts';

/** As the contract says. */
const programIdsMax = 100;

interface MerchantServiceOptions {
  database: Database;
  verifier: IdentityVerifier;
  logger: Logger;
}

/** What the merchant offers over gRPC: programs to the services, what a credential may act as to the gateway alone. */
export function merchantService({ database, verifier, logger }: MerchantServiceOptions) {
  const implementation: MerchantServiceServer = {
    getPrograms: unary<GetProgramsRequest, GetProgramsResponse>(
      { verifier, logger, allowed: ['gateway', 'ledger', 'wallet'] },
      async ({ programIds }) => {
        if (programIds.length > programIdsMax) {
          throw rpcStatus('INVALID_ARGUMENT', `At most ${programIdsMax} programs can be read at once.`);
        }
        return { programs: (await readProgramStates(database, programIds)).map(writeProgram) };
      },
    ),
    resolveCaller: unary<ResolveCallerRequest, ResolveCallerResponse>(
      { verifier, logger, allowed: ['gateway'] },
      async ({ credential }) => {
        switch (credential?.$case) {
          case 'login':
            return writeCaller(await resolveLogin(database, credential.value));
          case 'partnerKey':
            return writeCaller(await resolvePartnerKey(database, credential.value));
          default:
            throw rpcStatus('INVALID_ARGUMENT', 'A credential is missing.');
        }
      },
    ),
  };
  return { definition: MerchantServiceService, implementation };
}

function writeCaller({ memberships, isPlatformOperator, partner }: ResolvedCaller): ResolveCallerResponse {
  return {
    memberships: memberships.map(({ merchantId, role, storeIds }) => ({
      merchantId,
      role,
      storeIds: storeIds === 'all' ? [] : storeIds,
    })),
    isPlatformOperator,
    partner: partner && { ...partner, scopes: [...partner.scopes] },
  };
}
