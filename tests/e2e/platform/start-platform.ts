import { join } from 'node:path';
import { dataOf, type GraphqlAnswer, GraphqlClient } from './graphql-client.ts';
import { checkout, PlatformProcess } from './platform-process.ts';
import { choosePorts, type PlatformPorts } from './ports.ts';
import { describeProcess, isRunning, processTree, sendSignal } from './processes.ts';
import { type RunFile, readRunFile, removeRunFile } from './run-file.ts';
import { makeStateDirectory, rememberDataDirectory, removeStateDirectory } from './state-directory.ts';
import { openSubscription, type Subscription, type SubscriptionRequest } from './subscription.ts';
import { waitUntil } from './wait-until.ts';

/** A first start makes a database and its tables; the machine may be busy with other tests. */
const readyTimeoutMs = 120_000;
/** Twice what a stop is promised to take: that promise has a test of its own. */
const stopTimeoutMs = 6_000;

/** How a platform is started. */
export interface PlatformOptions {
  /** Every subgraph in a process of its own. */
  separate?: boolean;
  /** Events on a Kafka that the platform starts itself. */
  kafka?: boolean;
  /** Whether events are checked also when they are published; they are unless told. Whoever measures does without, as production does. */
  checksEvents?: boolean;
  seed?: 'none' | 'demo';
  /** Kept between two starts of one test; a new one, removed at the end, when absent. */
  stateDirectory?: string;
  ports?: PlatformPorts;
  /** Program and parameters that start the platform, without its own options. */
  command?: string[];
}

/** A whole platform: real processes, real sockets, a database of its own. */
export interface Platform {
  process: PlatformProcess;
  stateDirectory: string;
  ports: PlatformPorts;
  /** The run file as it is now. */
  run(): RunFile;
  /** The process of a part, as the run file names it. @throws when it has none */
  pidOf(part: string): number;
  /** Milliseconds from the start of the process to the run file. */
  readyAfterMs: number;
  client: GraphqlClient;
  /** Sends one operation to the gateway. */
  graphql<Data>(
    token: string | undefined,
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<GraphqlAnswer<Data>>;
  /** Sends one operation that has to succeed. @throws with the answer when it has errors */
  ask<Data>(token: string | undefined, query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** Opens a subscription on a socket of its own. */
  subscribe<Data>(
    token: string | undefined,
    query: string,
    variables?: Record<string, unknown>,
    onEvent?: SubscriptionRequest['onEvent'],
  ): Subscription<Data>;
  /** Stops it as Ctrl-C does. @throws unless it drains, exits with 0 and leaves no process behind */
  stop(): Promise<void>;
}

/** The variables of a platform that shares nothing with any other. */
export function platformEnvironment(
  stateDirectory: string,
  ports: PlatformPorts,
  seed: 'none' | 'demo',
): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(ports).map(([variable, port]) => [variable, String(port)])),
    LOCALPLUS_STATE_DIRECTORY: stateDirectory,
    LOCALPLUS_SEED: seed,
  };
}

/** Starts a platform and waits until it is ready. @throws with what it printed when it does not get ready */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const stateDirectory = options.stateDirectory ?? (await makeStateDirectory());
  const ports = options.ports ?? (await choosePorts());
  // One that a killed platform left would be taken for a sign of readiness.
  await removeRunFile(stateDirectory);
  const startedAt = performance.now();
  const command = options.command ?? [process.execPath, join(checkout, 'start/main.ts')];
  const platformProcess = new PlatformProcess({
    command: [...command, ...(options.separate ? ['--separate'] : []), ...(options.kafka ? ['--kafka'] : [])],
    environment: {
      ...platformEnvironment(stateDirectory, ports, options.seed ?? 'none'),
      EVENT_BUS_VALIDATE_ON_PUBLISH: String(options.checksEvents ?? true),
    },
  });
  const removeState = async () => {
    if (options.stateDirectory === undefined) await removeStateDirectory(stateDirectory);
  };

  try {
    const ready = waitUntil('the platform is ready', () => readRunFile(stateDirectory), readyTimeoutMs);
    const end = platformProcess.ended.then((how) => Promise.reject(new Error(`It ended: ${JSON.stringify(how)}`)));
    await Promise.race([ready, end]);
    end.catch(() => undefined);
  } catch (error) {
    await platformProcess.destroy();
    await removeState();
    throw new Error(`The platform did not get ready. It printed:\n${platformProcess.output}`, { cause: error });
  }
  const readyAfterMs = performance.now() - startedAt;
  await rememberDataDirectory(stateDirectory, ports.POSTGRES_PORT);
  return assemblePlatform({ process: platformProcess, stateDirectory, ports, readyAfterMs, removeState });
}

interface PlatformParts {
  process: PlatformProcess;
  stateDirectory: string;
  ports: PlatformPorts;
  readyAfterMs: number;
  removeState: () => Promise<void>;
}

function assemblePlatform({
  process: started,
  stateDirectory,
  ports,
  readyAfterMs,
  removeState,
}: PlatformParts): Platform {
  const client = new GraphqlClient();
  const run = () => {
    const file = readRunFile(stateDirectory);
    if (!file) throw new Error('The platform has no run file.');
    return file;
  };
  const { gateway } = run();
  const graphql: Platform['graphql'] = (token, query, variables) =>
    client.send({
      url: gateway.http,
      query,
      ...(variables ? { variables } : {}),
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    });

  return {
    process: started,
    stateDirectory,
    ports,
    readyAfterMs,
    client,
    run,
    pidOf: (part) => {
      const found = run().processes.find(({ name }) => name === part);
      if (!found) throw new Error(`No process is called ${part}: ${JSON.stringify(run().processes)}`);
      return found.pid;
    },
    graphql,
    ask: async <Data>(token: string | undefined, query: string, variables?: Record<string, unknown>) =>
      dataOf(await graphql<Data>(token, query, variables)),
    subscribe: (token, query, variables, onEvent) =>
      openSubscription({
        url: gateway.websocket,
        query,
        ...(token === undefined ? {} : { token }),
        ...(variables ? { variables } : {}),
        ...(onEvent ? { onEvent } : {}),
      }),
    stop: async () => {
      await client.close();
      try {
        await stopAsCtrlC(started);
      } finally {
        await removeState();
      }
    },
  };
}

async function stopAsCtrlC(started: PlatformProcess): Promise<void> {
  const pids = processTree(started.pid);
  started.signal('SIGINT');
  try {
    const { code } = await started.waitForEnd(stopTimeoutMs);
    if (code !== 0) throw new Error(`The platform exited with ${code}. It printed:\n${started.output}`);
    const left = pids.filter(isRunning);
    if (left.length > 0)
      throw new Error(`The platform left processes behind: ${left.map(describeProcess).join(', ')}.`);
  } finally {
    for (const pid of pids.filter(isRunning)) sendSignal(pid, 'SIGKILL');
  }
}
