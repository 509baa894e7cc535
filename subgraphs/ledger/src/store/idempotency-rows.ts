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

/** A key, and whose it is. */
export interface ScopedKey {
  scope: string;
  key: string;
}

type ResultRow = ChangeRow & {
  place: bigint;
  input_hash: Buffer;
  command: string;
  holder_id: string | null;
  ordinal: bigint | null;
};

/** Finds a holder by its UUID. */
type FindHolder = (holderId: string) => Promise<Holder | undefined>;

/** What the first uses of keys brought, in one statement; undefined where a key is free. */
export async function findFirstResults(
  sql: Sql,
  findHolder: FindHolder,
  keys: readonly ScopedKey[],
): Promise<(FirstResult | undefined)[]> {
  const { rows } = await sql.query<ResultRow>({
    ...findFirstResultStatement,
    values: [keys.map(({ scope }) => scope), keys.map(({ key }) => key)],
  });
  const found = Map.groupBy(rows, ({ place }) => Number(place) - 1);
  return Promise.all(keys.map((_key, index) => readFirstResult(findHolder, found.get(index))));
}

async function readFirstResult(findHolder: FindHolder, rows: ResultRow[] = []): Promise<FirstResult | undefined> {
  const [first] = rows;
  if (first === undefined) return undefined;
  const { input_hash: inputHash, command } = first;
  if (first.holder_id === null) return { inputHash, command, holderId: undefined, changes: [] };
  const holder = await findHolder(first.holder_id);
  if (holder === undefined) throw new Error(`Holder ${first.holder_id} of a key is not there.`);
  const changes = rows.filter(({ ordinal }) => ordinal !== null).map((row) => readChange(holder, row));
  return { inputHash, command, holderId: first.holder_id, changes };
}
