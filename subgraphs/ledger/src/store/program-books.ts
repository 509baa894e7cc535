import { fromUuid } from '@localplus/identifiers';
import { LRUCache } from 'lru-cache';
import type { Asset } from '../domain/balance.ts';
import type { AccountKind, AccountPart } from '../domain/chart-of-accounts.ts';
import type { Account, Holder } from '../domain/holder.ts';
import type { Category } from '../domain/lot.ts';

/** An account of a holder or of its program's issuer, as the database has it. */
export interface AccountRow {
  merchant_id: string;
  program_id: string;
  account_id: string;
  account_kind: AccountKind;
  part: AccountPart;
  category: Category | null;
  asset_id: number;
  asset_code: string;
  scale: number;
}

/** More programs than one installation serves in an hour; each takes about 1 kB. */
const programsMax = 20_000;

/**
 * What all holders of a program have in common, kept once: fifty thousand holders that each have it for themselves take
 * 200 MB, and the collection of garbage stops the process for 50 ms to look through them.
 */
interface ProgramBooks {
  merchantId: string;
  programId: string;
  identifiers: Pick<Holder['identifiers'], 'merchant' | 'program'>;
  assets: Map<number, Asset>;
  kinds: Map<AccountKind, Pick<Account, 'kind' | 'part' | 'category'>>;
  issuerAccounts: Map<string, Account>;
}

/** Remembers what holders have in common. */
export class ProgramDirectory {
  readonly #books = new LRUCache<string, ProgramBooks>({ max: programsMax });

  /** The books of the program that a row is of. */
  booksOf({ merchant_id: merchantId, program_id: programId }: AccountRow): ProgramBooks {
    const known = this.#books.get(programId);
    if (known !== undefined) return known;
    const identifiers = { merchant: fromUuid('mer', merchantId), program: fromUuid('prg', programId) };
    const nothing = { assets: new Map(), kinds: new Map(), issuerAccounts: new Map() };
    const books = { merchantId, programId, identifiers, ...nothing };
    this.#books.set(programId, books);
    return books;
  }
}

/** Reads an account; an issuer's is the same object for all its holders. */
export function readAccount({ assets, kinds, issuerAccounts }: ProgramBooks, row: AccountRow): Account {
  const issuerAccount = issuerAccounts.get(row.account_id);
  if (issuerAccount !== undefined) return issuerAccount;
  const asset = assets.get(row.asset_id) ?? { code: row.asset_code, scale: row.scale };
  assets.set(row.asset_id, asset);
  const { account_kind: kind, part, category } = row;
  const ofKind = kinds.get(kind) ?? { kind, part, category: category ?? undefined };
  kinds.set(kind, ofKind);
  const account = { id: row.account_id, ...ofKind, assetId: row.asset_id, asset };
  if (part === 'ISSUER') issuerAccounts.set(account.id, account);
  return account;
}
