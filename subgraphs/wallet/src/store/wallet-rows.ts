import type { Sql } from './connection.ts';
import { readStatement } from './read-statement.ts';

const listWallets = readStatement('list-wallets');

/** Lists the UUIDs of all wallets, a page at a time. @param afterId UUID of the last one of the page before */
export async function listWalletIds(sql: Sql, afterId: string, countMax: number): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>({ ...listWallets, values: [afterId, countMax] });
  return rows.map(({ id }) => id);
}
