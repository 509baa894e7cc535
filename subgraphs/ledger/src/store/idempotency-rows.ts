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
  command: string;
  /** UUID; undefined of a key that set or ended a limit. */
  holderId: string | undefined;
  /** What it did to its holder, in order. */
  changes: BalanceChange[];
}

type ResultRow = ChangeRow & { input_hash: Buffer; command: string; holder_id: string | null; ordinal: bigint | null };

/** Finds a holder by its UUID. */
type FindHolder = (holderId: string) => Promise<Holder | undefined>;

/** What the first use of a key brought; undefined where the key is free. */
export async function findFirstResult(
  sql: Sql,
  findHolder: FindHolder,
  { scope, key }: { scope: string; key: string },
): Promise<FirstResult | undefined> {
  const { rows } = await sql.query<ResultRow>({ ...findFirstResultStatement, values: [scope, key] });
  const [first] = rows;
  if (first === undefined) return undefined;
  const { input_hash: inputHash, command } = first;
  if (first.holder_id === null) return { inputHash, command, holderId: undefined, changes: [] };
  const holder = await findHolder(first.holder_id);
  if (holder === undefined) throw new Error(`Holder ${first.holder_id} of a key is not there.`);
  const changes = rows.filter(({ ordinal }) => ordinal !== null).map((row) => readChange(holder, row));
  return { inputHash, command, holderId: first.holder_id, changes };
}
