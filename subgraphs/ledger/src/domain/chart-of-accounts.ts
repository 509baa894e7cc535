/**
 * Kinds of accounts that points move between. Their normal sides stand in the database, which keeps the chart.
 * POINTS_LIABILITY: what the merchant owes to a holder. POINTS_COST: what a program has granted. REWARD_CLEARING: what
 * holders have spent and what waits to be settled.
 */
export type AccountKind = 'POINTS_LIABILITY' | 'POINTS_COST' | 'REWARD_CLEARING';

/** Accounts that a wallet has for each of its assets. */
export const walletAccountKinds: readonly AccountKind[] = ['POINTS_LIABILITY'];

/** Accounts that a program's issuer has for each asset, without a floor. */
export const issuerAccountKinds: readonly AccountKind[] = ['POINTS_COST', 'REWARD_CLEARING'];
