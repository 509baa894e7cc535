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

/** Accounts that a wallet has for each of its assets. */
export const walletAccountKinds: readonly AccountKind[] = [
  'POINTS_LIABILITY',
  'POINTS_PENDING',
  'POINTS_HELD',
  'POINTS_RECEIVABLE',
];

/** Accounts that a program's issuer has for each asset, without a floor. */
export const issuerAccountKinds: readonly AccountKind[] = ['POINTS_COST', 'REWARD_CLEARING', 'BREAKAGE_INCOME'];
