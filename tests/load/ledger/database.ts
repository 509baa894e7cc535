import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { findFreePort, removeLocalPostgres, startLocalPostgres } from '@localplus/local-postgres';
import {
  migrate,
  migrationTargets,
  prepareDatabase,
  withAccount,
  withAdminConnection,
  withDatabase,
} from '@localplus/postgres';
import { checkout } from '../../e2e/platform/platform-process.ts';

/**
 * What a server of this size would be run with: the quarter of its memory that PostgreSQL's manual advises as cache, checkpoints a
 * quarter of an hour apart. Durability is PostgreSQL's own: fsync, synchronous_commit and full_page_writes are on.
 */
export const serverSettings = {
  shared_buffers: `${Math.floor(totalmem() / 4 / 2 ** 20)}MB`,
  max_wal_size: '16GB',
  checkpoint_timeout: '15min',
  wal_buffers: '64MB',
  maintenance_work_mem: '1GB',
};

/** How much is there before anything is measured. */
export interface Size {
  holders: number;
  merchants: number;
  /** Each a transaction with one posting or two, and its lot. */
  versionsPerHolder: number;
  /** Versions of one holder beside the others; 0: there is no such holder. */
  versionsOfBusyHolder: number;
}

/** A ledger to measure. */
export interface BenchDatabase {
  name: string;
  /** As the role that the ledger logs in with. */
  connectionString: string;
  adminConnectionString: string;
  size: Size;
}

/** A server with ledgers on it. */
export interface BenchServer {
  pid: number;
  addDatabase(name: string, size: Size): Promise<BenchDatabase>;
  /** Makes everything durable, as a server that has run for a while has it. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const readSql = (name: string) => readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8');
const historyTables = ['transaction', 'posting', 'lot', 'balance_change', 'idempotency'];

/** Starts a PostgreSQL of its own in a temporary folder. */
export async function startBenchServer(): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'localplus-bench-'));
  chmodSync(folder, 0o755);
  const [port, password, rolePassword] = [await findFreePort(), randomBytes(16).toString('hex'), 'bench-ledger'];
  const server = await startLocalPostgres({ dataDirectory: join(folder, 'data'), port, password, serverSettings });
  return {
    pid: server.pid,
    async addDatabase(name, size) {
      const { adminConnectionString: anyDatabase } = server;
      const subgraphs = [{ name: 'ledger', password: rolePassword }];
      await prepareDatabase({ adminConnectionString: anyDatabase, databaseName: name, subgraphs });
      const adminConnectionString = withDatabase(anyDatabase, name);
      const target = migrationTargets(checkout).find(({ schema }) => schema === 'ledger');
      if (target === undefined) throw new Error('The ledger has no migrations.');
      await migrate({ connectionString: adminConnectionString, ...target });
      await preload(adminConnectionString, size);
      const connectionString = withAccount(adminConnectionString, 'ledger', rolePassword);
      return { name, adminConnectionString, connectionString, size };
    },
    settle: () =>
      withAdminConnection(server.adminConnectionString, async (client) => void (await client.query('CHECKPOINT'))),
    async stop() {
      await server.stop();
      await removeLocalPostgres(join(folder, 'data'));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Indexes are built when the rows are there: an insert into them one by one takes several times as long. */
async function preload(adminConnectionString: string, size: Size): Promise<void> {
  const { holders, merchants, versionsPerHolder, versionsOfBusyHolder } = size;
  await withAdminConnection(adminConnectionString, async (client) => {
    await client.query(`SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '256MB'`);
    await client.query(readSql('preload'));
    await client.query(readSql('single-command'));
    await client.query('SELECT bench.open_holders($1, $2)', [holders, merchants]);
    await client.query('ANALYZE');
    const tables = historyTables.map((table) => `'ledger.${table}'::regclass`).join(', ');
    await client.query(`UPDATE pg_index SET indisready = false WHERE indrelid IN (${tables})`);
    const write = 'SELECT bench.write_history($1, $2, $3, $4)';
    const [firstBusy, isBusy] = [holders, versionsOfBusyHolder > 0];
    await client.query(write, [1, isBusy ? holders - 1 : holders, versionsPerHolder, 0]);
    if (isBusy) await client.query(write, [firstBusy, firstBusy, versionsOfBusyHolder, holders * versionsPerHolder]);
    for (const table of historyTables) await client.query(`REINDEX TABLE ledger.${table}`);
  });
  await withAdminConnection(adminConnectionString, async (client) => void (await client.query('VACUUM ANALYZE')));
}
