/** What somebody may see of wallets and consumers. Ids are UUIDs. */
export interface Viewer {
  /** The consumer whom the viewer is. */
  consumerId: string | undefined;
  /** The merchants for which the viewer may look at wallets. */
  merchants: 'all' | ReadonlySet<string>;
}

/** Whether the viewer acts for the merchant. */
export function actsFor(viewer: Viewer, merchantId: string): boolean {
  return viewer.merchants === 'all' || viewer.merchants.has(merchantId);
}

/** Whether the viewer may know that the wallet exists. */
export function maySeeWallet(viewer: Viewer, wallet: { consumerId: string; merchantId: string }): boolean {
  return wallet.consumerId === viewer.consumerId || actsFor(viewer, wallet.merchantId);
}
