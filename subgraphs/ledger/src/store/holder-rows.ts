import { fromUuid } from '@localplus/identifiers';
import type { Asset } from '../domain/balance.ts';
import type { AccountKind } from '../domain/chart-of-accounts.ts';
import type { Holder } from '../domain/holder.ts';
import type { Sql } from './connection.ts';
import { type AccountRow, type ProgramDirectory, readAccount } from './program-books.ts';
import { readSql } from './read-sql.ts';

const findHolderStatement = { name: 'find-holder', text: readSql('find-holder') };
const openHolderStatement = 'SELECT open_holder($1, $2, $3, $4, $5, $6, $7, $8, $9) AS is_as_asked';

interface HolderRow extends AccountRow {
  id: string;
  kind: Holder['kind'];
  consumer_id: string;
}

/** What is needed to open a holder. Ids are UUIDs. */
export interface NewHolder extends Pick<Holder, 'kind' | 'merchantId' | 'programId' | 'consumerId'> {
  holderId: string;
  assets: readonly Asset[];
  ownAccountKinds: readonly AccountKind[];
  issuerAccountKinds: readonly AccountKind[];
}

/** Reads holders with their accounts in one statement; undefined where there is none. */
export async function loadHolders(
  sql: Sql,
  programs: ProgramDirectory,
  holderIds: readonly string[],
): Promise<(Holder | undefined)[]> {
  const { rows } = await sql.query<HolderRow>({ ...findHolderStatement, values: [[...new Set(holderIds)]] });
  const found = Map.groupBy(rows, ({ id }) => id);
  return holderIds.map((id) => readHolder(programs, found.get(id)));
}

function readHolder(programs: ProgramDirectory, rows: readonly HolderRow[] = []): Holder | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const books = programs.booksOf(first);
  const { merchantId, programId } = books;
  return {
    id: first.id,
    kind: first.kind,
    merchantId,
    programId,
    consumerId: first.consumer_id,
    identifiers: {
      holder: fromUuid(first.kind === 'card' ? 'gc' : 'wal', first.id),
      consumer: fromUuid('con', first.consumer_id),
      ...books.identifiers,
    },
    accounts: rows.map((row) => readAccount(books, row)),
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
