/** A reservation of value. Ids are UUIDs; amounts in the asset's smallest unit. */
export interface Hold {
  id: string;
  holderId: string;
  assetId: number;
  /** By the database's clock. */
  expiresAt: Date;
  amount: bigint;
  held: bigint;
  captured: bigint;
  released: bigint;
  expired: bigint;
  /** How much of each lot is still reserved. */
  heldByLot: Map<string, bigint>;
}
