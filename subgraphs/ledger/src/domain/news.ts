import type { ProgramVersion } from './program.ts';

/** What the merchant subgraph says of a merchant. Ids are UUIDs. */
export interface MerchantNews {
  merchantId: string;
  /** Raised by one with each change of the merchant. */
  version: bigint;
  status: 'DRAFT' | 'LIVE' | 'SUSPENDED';
  /** IANA name. */
  timeZone: string;
  /** ISO 3166-1 alpha-2; undefined in an event of before it was told. */
  country: string | undefined;
  /** All its stores. */
  storeIds: readonly string[];
}

/** What the merchant subgraph says of a program. Ids are UUIDs. */
export interface ProgramNews {
  programId: string;
  merchantId: string;
  /** Raised by one with each change of the program. */
  version: bigint;
  /** ISO 4217 code of the currency that purchases are made in. */
  currency: string;
  pointAssetCode: string;
  /** All versions of the terms. */
  versions: readonly ProgramVersion[];
}

/** Asks the merchant subgraph for a program; undefined where there is none. */
export type ReadProgramNews = (
  programId: string,
) => Promise<{ merchant: MerchantNews; program: ProgramNews } | undefined>;
