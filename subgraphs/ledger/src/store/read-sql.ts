import { readFileSync } from 'node:fs';

/** Reads a statement that stands beside this file, in `sql/<name>.sql`. */
export function readSql(name: string): string {
  return readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
}
