import { randomUUID } from 'node:crypto';

import type { Client } from 'pg';

import { exclusively, withAdminConnection } from './admin-connection.ts';
import { type MigrationFile, readMigrations } from './migration-files.ts';
import type { MigrationTarget } from './migration-targets.ts';
import { quoteName } from './names.ts';

/** A migration that cannot get its locks gives up instead of holding up everybody who queues behind it. */
const lockTimeoutMs = 5_000;

/** Prisma's own table, so that `prisma migrate deploy` and this runner can take turns. */
const migrationTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

export type MigrationSettings = MigrationTarget & {
  /** An account that may become the owner role, and the database that holds the schema. */
  connectionString: string;
};

/** A migration that was edited after it was applied, that failed and was not cleared, or that failed now. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * Applies the migrations of a folder that the schema does not have yet, in order, each in one transaction, as the owner and
 * with the schema as `search_path`. Of several processes that start at once one applies, the others wait and apply nothing.
 * Returns the names of what it applied. Throws a `MigrationError`.
 */
export async function migrate({
  connectionString,
  schema,
  ownerRole,
  directory,
}: MigrationSettings): Promise<string[]> {
  const files = readMigrations(directory);
  return withAdminConnection(connectionString, (client) =>
    exclusively(client, `localplus.migrate.${schema}`, async () => {
      const session = new OwnerSession(client, schema, ownerRole);
      await session.transaction(() => client.query(migrationTable));
      const pending = await pendingFiles(client, schema, files);
      for (const file of pending) await apply(session, schema, file);
      return pending.map((file) => file.name);
    }),
  );
}

async function pendingFiles(client: Client, schema: string, files: MigrationFile[]): Promise<MigrationFile[]> {
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
       FROM ${quoteName(schema)}._prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  const recorded = new Map(rows.map((row) => [row.name, row]));
  for (const row of rows) {
    if (!row.finished) {
      throw new MigrationError(
        `migration ${row.name} of schema ${schema} failed earlier and may have left something behind: repair the schema, then ` +
          `set rolled_back_at in ${schema}._prisma_migrations to let it run again`,
      );
    }
  }
  for (const file of files) {
    const row = recorded.get(file.name);
    if (row && row.checksum !== file.checksum) {
      throw new MigrationError(
        `migration ${file.name} of schema ${schema} was edited after it was applied: restore the file and write a new migration`,
      );
    }
  }
  return files.filter((file) => !recorded.has(file.name));
}

async function apply(session: OwnerSession, schema: string, file: MigrationFile): Promise<void> {
  const id = randomUUID();
  try {
    if (file.isConcurrent) {
      await session.transaction(() => session.recordStart(id, file));
      await session.withoutTransaction(() => session.client.query(file.sql));
      await session.transaction(() => session.recordEnd(id));
    } else {
      await session.transaction(async () => {
        await session.recordStart(id, file);
        await session.client.query(file.sql);
        await session.recordEnd(id);
      });
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await session.transaction(() => session.recordFailure(id, file, reason));
    throw new MigrationError(`migration ${file.name} of schema ${schema} failed: ${reason}`, { cause: error });
  }
}

/** What the runner does as the owner of one schema, on the connection that holds the lock. */
class OwnerSession {
  readonly client: Client;
  readonly #role: string;
  readonly #schema: string;

  constructor(client: Client, schema: string, ownerRole: string) {
    this.client = client;
    this.#role = quoteName(ownerRole);
    this.#schema = quoteName(schema);
  }

  async transaction(work: () => Promise<unknown>): Promise<void> {
    await this.client.query(
      `BEGIN; SET LOCAL ROLE ${this.#role}; SET LOCAL search_path = ${this.#schema}; SET LOCAL lock_timeout = ${lockTimeoutMs}`,
    );
    try {
      const before = await this.#transactionId();
      await work();
      if ((await this.#transactionId()) !== before) throw new Error('a migration must not end its transaction itself');
      await this.client.query('COMMIT');
    } catch (error) {
      await this.client.query('ROLLBACK');
      throw error;
    }
  }

  async withoutTransaction(work: () => Promise<unknown>): Promise<void> {
    await this.client.query(`SET ROLE ${this.#role}; SET search_path = ${this.#schema}`);
    try {
      await work();
    } finally {
      await this.client.query('RESET ROLE; RESET search_path');
    }
  }

  async recordStart(id: string, file: MigrationFile): Promise<void> {
    await this.client.query(
      `INSERT INTO ${this.#schema}._prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)`,
      [id, file.checksum, file.name],
    );
  }

  async recordEnd(id: string): Promise<void> {
    await this.client.query(
      `UPDATE ${this.#schema}._prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE id = $1`,
      [id],
    );
  }

  /** A transaction leaves nothing behind, so it may run again; an index built CONCURRENTLY may leave half of itself. */
  async recordFailure(id: string, file: MigrationFile, logs: string): Promise<void> {
    await this.client.query(
      `INSERT INTO ${this.#schema}._prisma_migrations (id, checksum, migration_name, logs, rolled_back_at)
       VALUES ($1, $2, $3, $4, CASE WHEN $5::boolean THEN NULL ELSE clock_timestamp() END)
       ON CONFLICT (id) DO UPDATE SET logs = excluded.logs`,
      [id, file.checksum, file.name, logs, file.isConcurrent],
    );
  }

  async #transactionId(): Promise<string | undefined> {
    const { rows } = await this.client.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id');
    return rows[0]?.id;
  }
}
