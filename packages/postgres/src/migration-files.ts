import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const fileName = 'migration.sql';

export type MigrationFile = {
  /** The folder's name, `<timestamp>_<name>`. */
  name: string;
  sql: string;
  /** SHA-256 of the file in hexadecimal, as Prisma records it. */
  checksum: string;
  /** Whether the file builds or drops an index CONCURRENTLY, which PostgreSQL refuses inside a transaction. */
  isConcurrent: boolean;
};

/** Reads a folder of Prisma migrations in the order in which they apply. A folder without `migration.sql` is none. */
export function readMigrations(directory: string): MigrationFile[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, fileName)))
    .map((entry) => entry.name)
    .sort()
    .map((name) => readMigration(directory, name));
}

function readMigration(directory: string, name: string): MigrationFile {
  const bytes = readFileSync(join(directory, name, fileName));
  const sql = bytes.toString('utf8');
  const statements = withoutCommentsAndBodies(sql);
  const isConcurrent = /\bINDEX\s+CONCURRENTLY\b/i.test(statements);
  if (isConcurrent && /;\s*\S/.test(statements)) {
    throw new Error(`migration ${name}: an index built CONCURRENTLY must stand alone in its migration`);
  }
  return { name, sql, checksum: createHash('sha256').update(bytes).digest('hex'), isConcurrent };
}

/** Enough of SQL's lexis to see the statements: comments, quoted texts and dollar-quoted bodies are left out. */
function withoutCommentsAndBodies(sql: string): string {
  return sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|'(?:[^']|'')*'/g, ' ');
}
