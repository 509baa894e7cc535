/** Where a merchant stands: DRAFT → LIVE ⇄ SUSPENDED. */
export const merchantStatuses = ['DRAFT', 'LIVE', 'SUSPENDED'] as const;
export type MerchantStatus = (typeof merchantStatuses)[number];

/** What a merchant needs at least one of before it goes live. */
export const goLiveRequirements = ['STORE', 'PROGRAM'] as const;
export type GoLiveRequirement = (typeof goLiveRequirements)[number];
