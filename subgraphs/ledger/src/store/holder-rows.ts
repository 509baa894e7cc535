import type { Asset } from '../domain/balance.ts';
import type { AccountKind, AccountPart } from '../domain/chart-of-accounts.ts';
import type { Holder } from '../domain/holder.ts';
import type { Category } from '../domain/lot.ts';
import type { Sql } from './connection.ts';
import { readSql } from './read-sql.ts';

const findHolderStatement = { name: 'find-holder', text: readSql('find-holder') };
const openHolderStatement = 'SELECT open_holder($1, $2, $3, $4, $5, $6, $7, $8, $9) AS is_as_asked';

interface HolderRow {
  id: string;
  kind: Holder['kind'];
  merchant_id: string;
  program_id: string;
  consumer_id: string;
  account_id: string;
  account_kind: AccountKind;
  part: AccountPart;
  category: Category | null;
  asset_id: number;
  asset_code: string;
  scale: number;
}

/** What is needed to open a holder. Ids are UUIDs. */
export interface NewHolder extends Omit<Holder, 'id' | 'accounts'> {
  holderId: string;
  assets: readonly Asset[];
  ownAccountKinds: readonly AccountKind[];
  issuerAccountKinds: readonly AccountKind[];
}

/** Reads holders with their accounts in one statement; undefined where there is none. */
export async function loadHolders(sql: Sql, holderIds: readonly string[]): Promise<(Holder | undefined)[]> {
  const { rows } = await sql.query<HolderRow>({ ...findHolderStatement, values: [[...new Set(holderIds)]] });
  const found = Map.groupBy(rows, ({ id }) => id);
  return holderIds.map((id) => readHolder(found.get(id)));
}

function readHolder(rows: readonly HolderRow[] = []): Holder | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    id: first.id,
    kind: first.kind,
    merchantId: first.merchant_id,
    programId: first.program_id,
    consumerId: first.consumer_id,
    accounts: rows.map((row) => ({
      id: row.account_id,
      kind: row.account_kind,
      part: row.part,
      category: row.category ?? undefined,
      assetId: row.asset_id,
      asset: { code: row.asset_code, scale: row.scale },
    })),
  };
}

/** Opens a holder and its accounts. Whether it is now as asked: false when it exists with another owner or other assets. */
export async function insertHolder(sql: Sql, holder: NewHolder): Promise<boolean> {
  const { rows } = await sql.query<{ is_as_asked: boolean }>(openHolderStatement, [
    holder.holderId,
    holder.kind,
    holder.merchantId,
    holder.programId,
    holder.consumerId,
    holder.assets.map(({ code }) => code),
    holder.assets.map(({ scale }) => scale),
    holder.ownAccountKinds,
    holder.issuerAccountKinds,
  ]);
  return rows[0]?.is_as_asked === true;
}
