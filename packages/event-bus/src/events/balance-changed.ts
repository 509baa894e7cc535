/** Topic of the committed balance changes; key: the holder. */
export const BALANCE_CHANGED = 'localplus.ledger.balance-changed.v1';

/** One committed change of a holder: what moved, and every balance of the holder after it. Amounts are decimal strings. */
export type BalanceChanged = {
  /** `wal_…` */
  readonly holderId: string;
  readonly merchantId: string;
  readonly programId: string;
  /** Pseudonymous `con_…`. */
  readonly consumerId: string;
  /** `sto_…`, null where no store took part. */
  readonly storeId: string | null;
  /** `trx_…` */
  readonly transactionId: string;
  readonly kind:
    | 'EARN'
    | 'BURN'
    | 'REVERSAL'
    | 'HOLD'
    | 'CAPTURE'
    | 'RELEASE'
    | 'HOLD_EXPIRY'
    | 'ACTIVATION'
    | 'EXPIRY'
    | 'REFUND'
    | 'RETURN'
    | 'TRANSFER'
    | 'SALE'
    | 'GRANT';
  /** The holder's version after the change, a decimal string: 1, 2, 3, … without a gap. */
  readonly version: string;
  readonly deltas: readonly BalanceChangedDelta[];
  /** All balances of the holder after the change. */
  readonly balances: readonly BalanceChangedBalance[];
  /** When it counts, RFC 3339. */
  readonly occurredAt: string;
  /** When the ledger learned it, RFC 3339. */
  readonly recordedAt: string;
};

/** An amount unit. */
export type EventAsset = {
  /** For instance `EUR`, or `PTS.` and the program's identifier. */
  readonly code: string;
  /** Decimal digits of the smallest unit: 2 for EUR, 0 for points. */
  readonly scale: number;
};

/** The signed change of one posted balance, in the asset's smallest unit. */
export type BalanceChangedDelta = { readonly asset: EventAsset; readonly posted: string };

/** A holder's balance of one asset, in its smallest unit; available = posted - pending - held. */
export type BalanceChangedBalance = {
  readonly asset: EventAsset;
  readonly posted: string;
  readonly pending: string;
  readonly held: string;
  readonly available: string;
};
