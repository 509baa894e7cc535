/** Topic of changed rights at a merchant; key: the merchant. Who caches rights drops those of the one it names. */
export const ACCESS_CHANGED = 'localplus.merchant.access-changed.v1';

/** The rights of one login, or of one partner, at a merchant have changed. */
export type AccessChanged = {
  /** `mer_…` */
  readonly merchantId: string;
  /** An upper-case code, for instance `STAFF_ROLE_CHANGED`. */
  readonly reason: string;
} & (
  | {
      /** Stands for the login's `iss` and `sub`, which may tell who a person is. */
      readonly loginPseudonym: string;
    }
  | {
      /** `prt_…` */
      readonly partnerId: string;
    }
);
