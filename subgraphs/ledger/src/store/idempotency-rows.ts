import type { BalanceChange } from '../domain/balance-change.ts';
import type { Holder } from '../domain/holder.ts';
import { type ChangeRow, readChange } from './balance-json.ts';
import type { Sql } from './connection.ts';
import { readSql } from './read-sql.ts';

const findFirstResultStatement = { name: 'find-first-result', text: readSql('find-first-result') };

/** What the first use of a key brought. */
export interface FirstResult {
  /** SHA-256 of the input that the key was used with. */
  inputHash: Buffer;
  change: BalanceChange;
}

/** What the first use of a key brought; undefined where the key is free. The holder is whom the same input is for. */
export async function findFirstResult(
  sql: Sql,
  { scope, key, holder }: { scope: string; key: string; holder: Holder },
): Promise<FirstResult | undefined> {
  const { rows } = await sql.query<ChangeRow & { input_hash: Buffer }>({
    ...findFirstResultStatement,
    values: [scope, key],
  });
  const row = rows[0];
  return row && { inputHash: row.input_hash, change: readChange(holder, row) };
}
