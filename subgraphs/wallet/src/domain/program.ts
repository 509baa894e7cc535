/** What an enrollment needs to know of a program. Ids are UUIDs. */
export interface Program {
  programId: string;
  merchantId: string;
  isMerchantLive: boolean;
  pointAssetCode: string;
}

/** Asks the merchant subgraph for a program; undefined where there is none. */
export type ReadProgram = (programId: string) => Promise<Program | undefined>;
