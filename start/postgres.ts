import { runProcess } from '@localplus/lifecycle';
import { PortTakenError, startLocalPostgres } from '@localplus/local-postgres';
import { createLogger } from '@localplus/logging';
import { z } from 'zod';

// Stands between the supervisor and PostgreSQL, which knows nothing of supervisors: it ends with the one and with the other.
const environment = z
  .object({ POSTGRES_DATA_DIRECTORY: z.string(), POSTGRES_PORT: z.coerce.number(), POSTGRES_PASSWORD: z.string() })
  .parse(process.env);
const logger = createLogger('postgres');

async function start() {
  try {
    const server = await startLocalPostgres({
      dataDirectory: environment.POSTGRES_DATA_DIRECTORY,
      port: environment.POSTGRES_PORT,
      password: environment.POSTGRES_PASSWORD,
      logger,
    });
    server.onExit(({ code, signal }) => {
      logger.error({ code, signal }, 'PostgreSQL has ended');
      process.stderr.write(`PostgreSQL has ended (${signal ?? `exit code ${code}`})\n`);
      process.exit(1);
    });
    // What PostgreSQL takes for an immediate stop.
    process.send?.({ type: 'stands-for', pid: server.pid, immediateStop: 'SIGQUIT' });
    return server;
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error;
    throw new Error(`${error.message}: set POSTGRES_PORT to a free port`, { cause: error });
  }
}

await runProcess({ logger, start });
