import { fromUuid, toUuid } from '@localplus/identifiers';
import { createRpcClient, type RpcClientOptions } from '@localplus/rpc';
import { MerchantServiceClient, type Program } from '@localplus/rpc/merchant';
import type { MerchantNews, ProgramNews, ReadProgramNews } from '../domain/news.ts';
import type { ProgramVersion, Rounding } from '../domain/program.ts';

/** One indexed read, once for each program that the ledger never heard of. */
const getProgramsDeadlineMs = 1_000;

/** What the ledger asks the merchant subgraph. */
export interface MerchantClient {
  readProgramNews: ReadProgramNews;
  close(): void;
}

/** Opens the client of the merchant subgraph, speaking as this process. */
export function createMerchantClient(options: RpcClientOptions): MerchantClient {
  const client = createRpcClient(MerchantServiceClient, options);
  return {
    readProgramNews: async (programId) => {
      const request = { programIds: [fromUuid('prg', programId)] };
      const [program] = (await client.call('getPrograms', request, getProgramsDeadlineMs)).programs;
      return program && { merchant: readMerchant(program), program: readProgram(program) };
    },
    close: () => client.close(),
  };
}

const statuses: Record<string, MerchantNews['status']> = {
  MERCHANT_STATUS_DRAFT: 'DRAFT',
  MERCHANT_STATUS_LIVE: 'LIVE',
  MERCHANT_STATUS_SUSPENDED: 'SUSPENDED',
};

const roundings: Record<string, Rounding> = {
  ROUNDING_DOWN: 'DOWN',
  ROUNDING_HALF_UP: 'HALF_UP',
  ROUNDING_UP: 'UP',
};

function readMerchant(program: Program): MerchantNews {
  const status = statuses[program.merchantStatus];
  if (status === undefined) throw new Error(`the merchant of ${program.programId} has no status`);
  return {
    merchantId: toUuid(program.merchantId, 'mer'),
    version: program.merchantVersion,
    status,
    storeIds: program.merchantStoreIds.map((id) => toUuid(id, 'sto')),
  };
}

function readProgram(program: Program): ProgramNews {
  return {
    programId: toUuid(program.programId, 'prg'),
    merchantId: toUuid(program.merchantId, 'mer'),
    version: program.programVersion,
    currency: program.currency,
    pointAssetCode: program.pointAssetCode,
    versions: program.versions.map((terms) => readVersion(program.programId, terms)),
  };
}

function readVersion(programId: string, terms: Program['versions'][number]): ProgramVersion {
  const rounding = roundings[terms.rounding];
  const { startsAt, version, points, perAmountMinor, minimumPurchaseMinor } = terms;
  if (rounding === undefined || startsAt === undefined) {
    throw new Error(`version ${version} of ${programId} is incomplete`);
  }
  return { version, startsAt, points, perAmountMinor, rounding, minimumPurchaseMinor };
}
