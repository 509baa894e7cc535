import type { AccountKind } from './chart-of-accounts.ts';

/** An account that a holder's transactions move amounts on: its own, or one of its program's issuer. Ids are UUIDs. */
export interface Account {
  id: string;
  kind: AccountKind;
  assetCode: string;
}

/** What value belongs to. All of it is fixed when the holder is opened. Ids are UUIDs. */
export interface Holder {
  id: string;
  kind: 'wallet' | 'card';
  merchantId: string;
  programId: string;
  /** Pseudonymous. */
  consumerId: string;
  /** Its own accounts, and those of its program's issuer in the same assets. */
  accounts: readonly Account[];
}

/**
 * The account of a kind in an asset.
 * @throws when the holder was opened without it, which is a fault of who opened it
 */
export function accountOf(holder: Holder, kind: AccountKind, assetCode: string): Account {
  const account = holder.accounts.find((candidate) => candidate.kind === kind && candidate.assetCode === assetCode);
  if (account === undefined) throw new Error(`Holder ${holder.id} has no ${kind} account in ${assetCode}.`);
  return account;
}
