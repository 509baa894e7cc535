import type { Asset } from './balance.ts';
import type { AccountKind, AccountPart } from './chart-of-accounts.ts';
import type { Category } from './lot.ts';

/** An account that a holder's transactions move amounts on: its own, or one of its program's issuer. Ids are UUIDs. */
export interface Account {
  id: string;
  kind: AccountKind;
  part: AccountPart;
  /** Of the holder's own accounts. */
  category: Category | undefined;
  assetId: number;
  asset: Asset;
}

/** What value belongs to. All of it is fixed when the holder is opened. Ids are UUIDs. */
export interface Holder {
  id: string;
  kind: 'wallet' | 'card';
  merchantId: string;
  programId: string;
  /** Pseudonymous. */
  consumerId: string;
  /** What contracts and events call it and whom it belongs to: written for each of its events, so made once. */
  identifiers: { holder: string; merchant: string; program: string; consumer: string };
  /** Its own accounts, and those of its program's issuer in the same assets. */
  accounts: readonly Account[];
}

/**
 * The account of a kind in an asset.
 * @throws when the holder was opened without it, which is a fault of who opened it
 */
export function accountOf(holder: Holder, kind: AccountKind, assetId: number): Account {
  const account = holder.accounts.find((candidate) => candidate.kind === kind && candidate.assetId === assetId);
  if (account === undefined) throw new Error(`Holder ${holder.id} has no ${kind} account in asset ${assetId}.`);
  return account;
}

/**
 * The database's number of one of the holder's assets.
 * @throws when the holder was opened without it
 */
export function assetIdOf(holder: Holder, assetCode: string): number {
  const account = holder.accounts.find(({ asset }) => asset.code === assetCode);
  if (account === undefined) throw new Error(`Holder ${holder.id} has no account in ${assetCode}.`);
  return account.assetId;
}
