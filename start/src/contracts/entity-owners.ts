import type { SubgraphName } from '../checkout/paths.ts';

/** The subgraph that owns an entity; the others add fields to it by its id. */
export const entityOwners: Readonly<Record<string, SubgraphName>> = {
  Merchant: 'merchant',
  Store: 'merchant',
  StaffMember: 'merchant',
  LoyaltyProgram: 'merchant',
  Partner: 'merchant',
  Consumer: 'wallet',
  Wallet: 'wallet',
  LedgerAccount: 'ledger',
  LedgerTransaction: 'ledger',
  Posting: 'ledger',
};
