/** The kinds of accounts. What each counts, its normal side and its part stand in the database, which keeps the chart. */
export const accountKinds = [
  'POINTS_LIABILITY',
  'POINTS_PENDING',
  'POINTS_HELD',
  'POINTS_RECEIVABLE',
  'POINTS_COST',
  'REWARD_CLEARING',
  'BREAKAGE_INCOME',
  'CARD_LIABILITY',
  'CARD_HELD',
  'PROMOTION_LIABILITY',
  'PROMOTION_HELD',
  'TENDER_CLEARING',
  'MERCHANT_SETTLEMENT',
  'PROMOTION_EXPENSE',
  'VAT_PAYABLE',
] as const;

/** A kind of account. */
export type AccountKind = (typeof accountKinds)[number];

/**
 * The part that an account plays in a holder's balance: posted = PENDING + AVAILABLE + HELD - OWED. ISSUER is the other
 * side: the merchant's own books.
 */
export type AccountPart = 'PENDING' | 'AVAILABLE' | 'HELD' | 'OWED' | 'ISSUER';

/** Kinds of accounts that are opened with a holder, for each of its assets. */
interface OpenedKinds {
  /** The holder's own. */
  own: readonly AccountKind[];
  /** Of its program's issuer, without a floor. */
  issuer: readonly AccountKind[];
}

/** What is opened with a wallet, and with a card. */
export const openedKinds: Record<'wallet' | 'card', OpenedKinds> = {
  wallet: {
    own: ['POINTS_LIABILITY', 'POINTS_PENDING', 'POINTS_HELD', 'POINTS_RECEIVABLE'],
    issuer: ['POINTS_COST', 'REWARD_CLEARING', 'BREAKAGE_INCOME'],
  },
  card: {
    own: ['CARD_LIABILITY', 'CARD_HELD', 'PROMOTION_LIABILITY', 'PROMOTION_HELD'],
    issuer: ['TENDER_CLEARING', 'MERCHANT_SETTLEMENT', 'PROMOTION_EXPENSE', 'VAT_PAYABLE', 'BREAKAGE_INCOME'],
  },
};
