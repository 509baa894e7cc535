import { fromUuid, toUuid } from '@localplus/identifiers';
import { createRpcClient, type RpcClientOptions } from '@localplus/rpc';
import {
  MerchantServiceClient,
  type Program,
  type ProgramVersion as ProgramVersionMessage,
} from '@localplus/rpc/merchant';
import type { MerchantNews, ProgramNews, ReadProgramNews } from '../domain/news.ts';
import {
  type NegativeBalance,
  type ProgramVersion,
  type Rounding,
  type Validity,
  validityOfDays,
} from '../domain/program.ts';

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

/** A merchant subgraph of before this was told knows no other. */
const negativeBalances: Record<string, NegativeBalance> = {
  NEGATIVE_BALANCE_UNSPECIFIED: 'NEVER',
  NEGATIVE_BALANCE_NEVER: 'NEVER',
  NEGATIVE_BALANCE_WITHIN_PENDING: 'WITHIN_PENDING',
  NEGATIVE_BALANCE_UNLIMITED: 'UNLIMITED',
};

/** What the contract says of a merchant that tells none. */
const [timeZoneUnlessTold, countryUnlessTold] = ['Europe/Paris', 'FR'];

function readMerchant(program: Program): MerchantNews {
  const status = statuses[program.merchantStatus];
  if (status === undefined) throw new Error(`the merchant of ${program.programId} has no status`);
  return {
    merchantId: toUuid(program.merchantId, 'mer'),
    version: program.merchantVersion,
    status,
    timeZone: program.merchantTimeZone || timeZoneUnlessTold,
    country: program.merchantCountry || countryUnlessTold,
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

function readVersion(programId: string, terms: ProgramVersionMessage): ProgramVersion {
  const rounding = roundings[terms.rounding];
  const negativeBalance = negativeBalances[terms.negativeBalance];
  const { startsAt, version, points, perAmountMinor, minimumPurchaseMinor } = terms;
  if (rounding === undefined || negativeBalance === undefined || startsAt === undefined) {
    throw new Error(`version ${version} of ${programId} is incomplete`);
  }
  return {
    ...{ version, startsAt, points, perAmountMinor, rounding, minimumPurchaseMinor, negativeBalance },
    activationDelayDays: terms.activationDelayDays,
    validity: readValidity(terms),
    refundGraceDays: terms.refundGraceDays,
  };
}

function readValidity({ otherValidity, pointValidityDays }: ProgramVersionMessage): Validity {
  switch (otherValidity?.$case) {
    case 'validUntilDate':
      return { kind: 'FIXED_DATE', on: otherValidity.value };
    case 'validUntilEndOfMonth':
      return { kind: 'END_OF_MONTH', months: otherValidity.value };
    case 'inactivityDays':
      return { kind: 'INACTIVITY', days: otherValidity.value };
    case undefined:
      return validityOfDays(pointValidityDays);
  }
}
