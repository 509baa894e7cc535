import { createLogger, type Logger } from '@localplus/logging';

import { type Account, accountOf, serverAccount } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { initialise } from './initialise.ts';
import { dataLocation } from './locations.ts';
import { assertPortFree } from './port.ts';
import { clearLeftovers, DataInUseError, endServer } from './postmaster.ts';
import { launchServer, type Server } from './server-process.ts';
import type { Durability, ServerSettings } from './server-settings.ts';

export type LocalPostgresSettings = {
  /** Where the data are kept; made when missing. */
  dataDirectory: string;
  port: number;
  /** Of the superuser `postgres`; the one that the data were made with. */
  password: string;
  /** `full` when left out. */
  durability?: Durability;
  serverSettings?: ServerSettings;
  logger?: Logger;
};

export type LocalPostgres = {
  port: number;
  /** As superuser, to the database `postgres`. */
  adminConnectionString: string;
  pid: number;
  /** Where the data really are: under /var/tmp when the server's account cannot enter the folder that was asked for. */
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
 * without supervisor is stopped first. Throws a `PortTakenError`, a `DataInUseError`, or an error that tells what went wrong
 * in the server's own words.
 */
export async function startLocalPostgres(settings: LocalPostgresSettings): Promise<LocalPostgres> {
  const {
    port,
    password,
    durability = 'full',
    serverSettings = {},
    logger = createLogger('local-postgres'),
  } = settings;
  const preferred = serverAccount();
  const binaries = findBinaries(preferred);
  const { path: dataDirectory, isOutside } = dataLocation(preferred, settings.dataDirectory);
  const account = accountOf(dataDirectory, preferred);
  if (isOutside || binaries.isCopy) logger.info(placesOf(binaries, dataDirectory), whyElsewhere(account));

  await clearForUs(dataDirectory, port, logger);
  await initialise({ initdb: binaries.initdb, account, dataDirectory, password, isForTest: durability === 'test' });
  const adminConnectionString = `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  const place = { account, dataDirectory, port };
  const launch = { postgres: binaries.postgres, ...place, durability, serverSettings, adminConnectionString };
  const server = await launchServer(launch);
  return { port, adminConnectionString, dataDirectory, ...controlOf(server) };
}

async function clearForUs(dataDirectory: string, port: number, logger: Logger): Promise<void> {
  try {
    const hasStoppedOrphan = await clearLeftovers(dataDirectory);
    if (hasStoppedOrphan) logger.warn({ dataDirectory }, 'stopped a PostgreSQL whose supervisor was gone');
  } catch (error) {
    // Most likely the same program was started twice: then the port is what its user can change.
    if (error instanceof DataInUseError) await assertPortFree(port);
    throw error;
  }
  await assertPortFree(port);
}

function controlOf({ child, pid, hasEnded }: Server): Pick<LocalPostgres, 'pid' | 'onExit' | 'stop'> {
  let isStopping = false;
  return {
    pid,
    onExit(callback) {
      const report = () => {
        if (!isStopping) callback({ code: child.exitCode, signal: child.signalCode });
      };
      if (hasEnded()) report();
      else child.once('exit', report);
    },
    async stop() {
      isStopping = true;
      await endServer(pid, () => !hasEnded());
    },
  };
}

function placesOf({ postgres }: Binaries, dataDirectory: string): Record<string, string> {
  return { dataDirectory, programs: postgres };
}

function whyElsewhere({ name }: Account): string {
  return `PostgreSQL runs as user ${name}, who cannot enter this checkout: it is kept under /var/tmp`;
}
