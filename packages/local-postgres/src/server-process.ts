import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { Client } from 'pg';

import type { Account } from './account.ts';
import { serverEnvironment } from './initialise.ts';
import { logLocation } from './locations.ts';
import { PortTakenError } from './port.ts';
import { endServer } from './postmaster.ts';
import { type Durability, type ServerSettings, serverArguments } from './server-settings.ts';

/** Recovery after a crash replays the log since the last checkpoint: at most five minutes of writing, read far faster. */
const readyLimitMs = 60_000;
const readyPollMs = 25;
const connectTimeoutMs = 2_000;

/** What keeps a starting server from answering and passes by itself: not listening yet, cut off, starting up. */
const passingCodes: ReadonlySet<unknown> = new Set([undefined, 'ECONNREFUSED', 'ECONNRESET', '57P03']);
const wrongPasswordState = '28P01';

export type Launch = {
  postgres: string;
  account: Account;
  dataDirectory: string;
  port: number;
  durability: Durability;
  serverSettings: ServerSettings;
  adminConnectionString: string;
};

export type Server = { child: ChildProcess; pid: number; hasEnded: () => boolean };

/** Starts the server and waits until it answers. Throws with what its log says, and leaves no process behind then. */
export async function launchServer(launch: Launch): Promise<Server> {
  const log = logLocation(launch.dataDirectory);
  const givesUpAt = performance.now() + readyLimitMs;
  for (;;) {
    const logStart = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const server = await spawnServer(launch, log);
    const outcome = await outcomeOf(server, launch, givesUpAt);
    if (outcome === 'ready') return server;
    await endServer(server.pid, () => !server.hasEnded());
    const said = readFileSync(log).subarray(logStart).toString('utf8');
    if (said.includes('could not bind')) throw new PortTakenError(launch.port);
    if (outcome instanceof Error) throw outcome;
    // Children of a killed server finish what they do before they notice.
    const isTooEarly = said.includes('pre-existing shared memory block');
    if (!isTooEarly || performance.now() > givesUpAt) throw new Error(`PostgreSQL did not start: ${said.trim()}`);
    await pause(readyPollMs);
  }
}

async function spawnServer(
  { postgres, account, dataDirectory, port, durability, serverSettings }: Launch,
  log: string,
): Promise<Server> {
  const output = openSync(log, 'a', 0o600);
  try {
    const child = spawn(postgres, serverArguments(dataDirectory, port, durability, serverSettings), {
      uid: account.uid,
      gid: account.gid,
      cwd: '/',
      env: serverEnvironment(),
      detached: true,
      stdio: ['ignore', output, output],
    });
    await once(child, 'spawn');
    if (child.pid === undefined) throw new Error(`cannot execute ${postgres}`);
    return { child, pid: child.pid, hasEnded: () => child.exitCode !== null || child.signalCode !== null };
  } finally {
    closeSync(output);
  }
}

async function outcomeOf(server: Server, launch: Launch, givesUpAt: number): Promise<'ready' | 'not-ready' | Error> {
  while (!server.hasEnded() && performance.now() < givesUpAt) {
    const answer = await ask(launch);
    if (answer instanceof Error) return answer;
    if (answer === 'ready' && !server.hasEnded()) return 'ready';
    await pause(readyPollMs);
  }
  return 'not-ready';
}

/** Asks the server on our port which data it serves: it may be another program's. */
async function ask({ adminConnectionString, dataDirectory }: Launch): Promise<'ready' | 'not-ready' | Error> {
  const client = new Client({ connectionString: adminConnectionString, connectionTimeoutMillis: connectTimeoutMs });
  // The query below reports what breaks; a connection that breaks after it is of no interest.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory === dataDirectory ? 'ready' : 'not-ready';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (passingCodes.has(code)) return 'not-ready';
    const reason = code === wrongPasswordState ? 'they were made with another password' : String(error);
    return new Error(`PostgreSQL on ${dataDirectory} refuses us: ${reason}`, { cause: error });
  } finally {
    await client.end();
  }
}
