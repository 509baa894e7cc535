/** Topic of the merchants' full state; key: the merchant; compacted. */
export const MERCHANT_CHANGED = 'localplus.merchant.merchant-changed.v1';

/** A merchant as it is after a change. */
export type MerchantChanged = {
  /** `mer_…` */
  readonly merchantId: string;
  /** Raised by one with each change of the merchant, a decimal string. */
  readonly version: string;
  readonly status: 'DRAFT' | 'LIVE' | 'SUSPENDED';
  readonly name: string;
  /** IANA name, for instance `Europe/Paris`. */
  readonly timeZone: string;
  /** ISO 3166-1 alpha-2, for instance `FR`; absent in an event of before it was told. */
  readonly country?: string;
  /** `sto_…` of all its stores. */
  readonly storeIds: readonly string[];
};
