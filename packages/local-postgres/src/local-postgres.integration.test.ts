import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createLogger } from '@localplus/logging';
import { Client, type QueryResultRow } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  DataInUseError,
  findFreePort,
  type LocalPostgres,
  PortTakenError,
  removeLocalPostgres,
  startLocalPostgres,
  type UnexpectedExit,
} from './index.ts';

const password = 'a:b@c/d% e'.replaceAll(' ', '+');
const logger = createLogger('local-postgres-test');
logger.level = 'silent';

let folder = '';
let dataDirectory = '';
let port = 0;
const running: LocalPostgres[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'localplus-local-postgres-'));
  chmodSync(folder, 0o755);
  dataDirectory = join(folder, 'data');
  port = await findFreePort();
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await removeLocalPostgres(dataDirectory);
  rmSync(folder, { recursive: true, force: true });
});

async function start(overrides: Partial<Parameters<typeof startLocalPostgres>[0]> = {}): Promise<LocalPostgres> {
  const server = await startLocalPostgres({ dataDirectory, port, password, durability: 'test', logger, ...overrides });
  running.push(server);
  return server;
}

async function ask(server: LocalPostgres, sql: string): Promise<QueryResultRow[]> {
  const client = new Client({ connectionString: server.adminConnectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('a server listens on loopback alone, wants a password, and keeps its data over a stop', async () => {
  const first = await start();
  await ask(first, 'CREATE TABLE kept AS SELECT 1 AS number');
  const [settings] = await ask(
    first,
    `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
            current_setting('server_encoding') AS encoding, current_setting('max_connections') AS connections`,
  );
  expect(settings).toEqual({ addresses: '127.0.0.1', sockets: '', encoding: 'UTF8', connections: '200' });
  const stranger = new Client({ connectionString: `postgresql://postgres:wrong@127.0.0.1:${port}/postgres` });
  await expect(stranger.connect()).rejects.toThrow(/password authentication failed/);

  await first.stop();
  expect(await ask(await start(), 'SELECT number FROM kept')).toEqual([{ number: 1 }]);
});

test('a Ctrl-C in the terminal does not reach the server: it leads a process group of its own', async () => {
  const server = await start();
  expect(process.kill(-server.pid, 0)).toBe(true);
});

test('after kill -9 of the postmaster its owner is told, and what was committed is there after a restart', async () => {
  const first = await start({ durability: 'full' });
  await ask(first, 'CREATE TABLE kept AS SELECT 1 AS number');
  const busy = new Client({ connectionString: first.adminConnectionString });
  busy.on('error', () => undefined);
  await busy.connect();
  // A child at work when its postmaster dies finishes first, and keeps the shared memory until then.
  const work = Promise.allSettled([busy.query('SELECT sum(n) FROM generate_series(1, 3000000) AS n')]);
  const told = new Promise<UnexpectedExit>((resolve) => first.onExit(resolve));
  process.kill(first.pid, 'SIGKILL');
  expect(await told).toEqual({ code: null, signal: 'SIGKILL' });
  const second = await start({ durability: 'full' });
  await work;
  await busy.end();
  expect(second.pid).not.toBe(first.pid);
  expect(await ask(second, 'SELECT number FROM kept')).toEqual([{ number: 1 }]);
});

test('a stop that was asked for is not reported as an unexpected end', async () => {
  const server = await start();
  let reports = 0;
  server.onExit(() => {
    reports += 1;
  });
  await server.stop();
  await server.stop();
  expect(reports).toBe(0);
});

test('a server whose supervisor was killed is stopped, and its data go on', async () => {
  const orphan = await startInChild();
  orphan.child.kill('SIGKILL');
  await once(orphan.child, 'exit');
  expect(process.kill(orphan.pid, 0)).toBe(true);

  const server = await start();
  expect(server.pid).not.toBe(orphan.pid);
  expect(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8')).toMatch(new RegExp(`^${server.pid}\n`));
  expect(await ask(server, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
});

test('a server whose supervisor lives is left alone', async () => {
  const first = await start();
  await expect(startLocalPostgres({ dataDirectory, port, password, logger })).rejects.toThrow(PortTakenError);
  const otherPort = await findFreePort();
  await expect(startLocalPostgres({ dataDirectory, port: otherPort, password, logger })).rejects.toThrow(
    DataInUseError,
  );
  expect(await ask(first, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
});

test('a lock file whose number now belongs to another program is no obstacle', async () => {
  const first = await start();
  const lockFile = join(first.dataDirectory, 'postmaster.pid');
  const lines = readFileSync(lockFile, 'utf8').split('\n');
  await first.stop();
  const other = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 60_000)'], { stdio: 'ignore' });
  children.push(other);
  writeFileSync(lockFile, [String(other.pid), ...lines.slice(1)].join('\n'), { mode: 0o644 });
  expect(await ask(await start(), 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
});

test('a taken port is named', async () => {
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  try {
    await expect(startLocalPostgres({ dataDirectory, port, password, logger })).rejects.toThrow(
      `port ${port}, wanted for PostgreSQL, is already taken`,
    );
  } finally {
    other.close();
  }
});

test('data made with another password are refused in clear words, and no process is left behind', async () => {
  await (await start()).stop();
  await expect(startLocalPostgres({ dataDirectory, port, password: 'another', logger })).rejects.toThrow(
    /made with another password/,
  );
  expect(existsSync(join(dataDirectory, 'postmaster.pid'))).toBe(false);
});

test('data whose making was cut short are made anew', async () => {
  const unfinished = join(folder, 'data.unfinished-999999999');
  mkdirSync(unfinished);
  writeFileSync(join(unfinished, 'PG_VERSION'), '18');
  await start();
  expect(existsSync(unfinished)).toBe(false);
});

test('a folder that the account of the server cannot enter does not keep it from starting', async () => {
  chmodSync(folder, 0o700);
  const server = await start();
  expect(await ask(server, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  const isRoot = process.getuid?.() === 0;
  expect(server.dataDirectory).toMatch(isRoot ? /^\/var\/tmp\/localplus-[0-9a-f]{16}\/data$/ : dataDirectory);
  await server.stop();
  await removeLocalPostgres(dataDirectory);
  expect(existsSync(server.dataDirectory)).toBe(false);
});

/** Starts the server from a process of its own, which can be killed. */
async function startInChild(): Promise<{ child: ChildProcess; pid: number }> {
  const settings = JSON.stringify({ dataDirectory, port, password, durability: 'test' });
  const script = `import { startLocalPostgres } from '${new URL('./index.ts', import.meta.url).href}';
    import pg from 'pg';
    const server = await startLocalPostgres(${settings});
    const client = new pg.Client({ connectionString: server.adminConnectionString });
    await client.connect();
    await client.query('CREATE TABLE kept AS SELECT 7 AS number');
    process.send(server.pid);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: new URL('.', import.meta.url),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.push(child);
  const [pid] = await once(child, 'message');
  return { child, pid };
}
