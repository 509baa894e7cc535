import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { createLogger, type Logger } from '@localplus/logging';
import { Client } from 'pg';

import { type Account, serverAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { initialise, serverEnvironment } from './initialise.ts';
import { dataLocation } from './locations.ts';
import { assertPortFree, PortTakenError } from './port.ts';
import { clearLeftovers, endServer } from './postmaster.ts';
import { type Durability, serverArguments } from './server-settings.ts';

/** Recovery after a crash replays the log since the last checkpoint: at most five minutes of writing, read far faster. */
const readyLimitMs = 60_000;
const readyPollMs = 25;

export type LocalPostgresSettings = {
  /** Where the data are kept; made when missing. */
  dataDirectory: string;
  port: number;
  /** Of the superuser `postgres`; the one that the data were made with. */
  password: string;
  durability?: Durability;
  logger?: Logger;
};

export type LocalPostgres = {
  port: number;
  /** As superuser, to the database `postgres`. */
  adminConnectionString: string;
  pid: number;
  /** Where the data really are: outside the checkout when the server's account cannot enter that. */
  dataDirectory: string;
  /** Calls back once when the server ends without having been asked to; start it again with the same settings. */
  onExit(callback: (exit: UnexpectedExit) => void): void;
  /** Ends the server and waits for it. Stop whoever uses it first: open connections are cut. */
  stop(): Promise<void>;
};

export type UnexpectedExit = { code: number | null; signal: NodeJS.Signals | null };

/**
 * Starts PostgreSQL on 127.0.0.1 and waits until it answers. The server is its own process group, so that a Ctrl-C reaches
 * only us; as root it runs as another account. What an earlier run left behind is cleared: a crash is recovered from, a server
 * without supervisor is stopped first. Throws a `PortTakenError`, or an error that tells what the server's log says.
 */
export async function startLocalPostgres(settings: LocalPostgresSettings): Promise<LocalPostgres> {
  const { port, password, durability = 'full', logger = createLogger('local-postgres') } = settings;
  const account = serverAccount();
  const binaries = findBinaries(account);
  const location = dataLocation(account, settings.dataDirectory);
  if (binaries.isCopy || location.isOutside) {
    logger.info(
      { dataDirectory: location.path, programs: binaries.postgres },
      `the user ${account.name} cannot enter this checkout: PostgreSQL runs under /var/tmp`,
    );
  }
  const dataDirectory = location.path;
  const leftovers = await clearLeftovers(dataDirectory);
  if (leftovers === 'stopped-orphan') logger.warn({ dataDirectory }, 'stopped a PostgreSQL whose supervisor was gone');
  await assertPortFree(port);
  await initialise({ initdb: binaries.initdb, account, dataDirectory, password, isForTest: durability === 'test' });

  const adminConnectionString = `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  const launch = { postgres: binaries.postgres, account, dataDirectory, port, durability };
  const server = await launchUntilReady(launch, adminConnectionString);
  return supervise(server, { port, adminConnectionString, dataDirectory });
}

type Launch = { postgres: string; account: Account; dataDirectory: string; port: number; durability: Durability };
type Server = { child: ChildProcess; pid: number; hasEnded: () => boolean };

async function launchUntilReady(launch: Launch, connectionString: string): Promise<Server> {
  const givesUpAt = performance.now() + readyLimitMs;
  for (;;) {
    const logStart = logSize(launch);
    const server = spawnServer(launch);
    if (await becomesReady(server, launch, connectionString, givesUpAt)) return server;
    if (!server.hasEnded()) {
      await endServer(server.pid, () => !server.hasEnded());
      throw new Error(`PostgreSQL was not ready within ${readyLimitMs / 1_000} s; its log: ${logPath(launch)}`);
    }
    const log = readFileSync(logPath(launch)).subarray(logStart).toString('utf8');
    if (log.includes('could not bind')) throw new PortTakenError(launch.port);
    // Children of a killed server finish what they do before they notice.
    const isTooEarly = log.includes('pre-existing shared memory block');
    if (!isTooEarly || performance.now() > givesUpAt) throw new Error(`PostgreSQL did not start: ${log.trim()}`);
    await pause(readyPollMs);
  }
}

function spawnServer({ postgres, account, dataDirectory, port, durability }: Launch): Server {
  const log = openSync(logPath({ dataDirectory }), 'a', 0o600);
  try {
    const child = spawn(postgres, serverArguments(dataDirectory, port, durability), {
      uid: account.uid,
      gid: account.gid,
      cwd: '/',
      env: serverEnvironment(),
      detached: true,
      stdio: ['ignore', log, log],
    });
    if (child.pid === undefined) throw new Error(`cannot execute ${postgres}`);
    return { child, pid: child.pid, hasEnded: () => child.exitCode !== null || child.signalCode !== null };
  } finally {
    closeSync(log);
  }
}

async function becomesReady(
  server: Server,
  launch: Launch,
  connectionString: string,
  givesUpAt: number,
): Promise<boolean> {
  while (!server.hasEnded() && performance.now() < givesUpAt) {
    if (await answers(connectionString, launch.dataDirectory)) return !server.hasEnded();
    await pause(readyPollMs);
  }
  return false;
}

/** Whether the server of these data answers; a wrong password and whatever else waiting cannot cure is thrown. */
async function answers(connectionString: string, dataDirectory: string): Promise<boolean> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory === dataDirectory;
  } catch (error) {
    const isPassing =
      error instanceof Error &&
      (!('code' in error) || ['ECONNREFUSED', 'ECONNRESET', '57P03'].includes(String(error.code)));
    if (isPassing) return false;
    throw error;
  } finally {
    await client.end();
  }
}

function supervise(
  { child, pid, hasEnded }: Server,
  facts: Pick<LocalPostgres, 'port' | 'adminConnectionString' | 'dataDirectory'>,
): LocalPostgres {
  const callbacks: ((exit: UnexpectedExit) => void)[] = [];
  let isStopping = false;
  child.on('exit', (code, signal) => {
    if (!isStopping) for (const callback of callbacks) callback({ code, signal });
  });
  return {
    ...facts,
    pid,
    onExit(callback) {
      if (hasEnded() && !isStopping) callback({ code: child.exitCode, signal: child.signalCode });
      else callbacks.push(callback);
    },
    async stop() {
      isStopping = true;
      if (!hasEnded()) await endServer(pid, () => !hasEnded());
    },
  };
}

function logPath({ dataDirectory }: Pick<Launch, 'dataDirectory'>): string {
  return `${dataDirectory}.log`;
}

function logSize(launch: Launch): number {
  return statSync(logPath(launch), { throwIfNoEntry: false })?.size ?? 0;
}
