import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@localplus/logging';
import { kafkaClassPath } from './jars.ts';
import { runKafkaTool, spawnBroker } from './java.ts';
import { assertPortFree, isListening } from './port.ts';
import { type NodeProperties, serverProperties } from './server-properties.ts';

/** Two seconds on an idle machine; a busy one with a long log to recover takes far longer. */
const startLimitMs = 90_000;
/** A broker hands over and flushes its log; a second on an idle machine. */
const stopLimitMs = 20_000;
const pollMs = 25;
/** What is shown of the broker's output when it does not start. */
const outputLinesShown = 5;

/** A node before its start. */
export type NodeSettings = Omit<NodeProperties, 'dataDirectory'> & {
  /** Holds `server.properties`, `broker.log` and `log/`; made when missing. */
  readonly directory: string;
  /** Names the cluster in a log that is new: 22 characters of base64url. */
  readonly clusterId: string;
  /** Users and passwords for listeners with SCRAM-SHA-512, made when the log is new. */
  readonly users?: Readonly<Record<string, string>>;
  readonly logger: Logger;
};

/** A running node. */
export type KafkaNode = {
  /** For clients: `127.0.0.1:<port>`. */
  readonly address: string;
  readonly pid: number;
  /** Calls back once when the node ends without having been asked to. */
  onExit(callback: (exit: UnexpectedExit) => void): void;
  /** Ends the node in order and waits for it. The log stays. */
  stop(): Promise<void>;
  /** Ends the node in the middle of whatever it does, and waits for it. The log stays. */
  kill(): Promise<void>;
};

export type UnexpectedExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/**
 * Starts a node and waits until it accepts connections.
 * @throws MissingToolError without Java or Maven, PortTakenError, or an error with the node's own last words
 */
export async function startNode(settings: NodeSettings): Promise<KafkaNode> {
  const { directory, port, controllerPort, logger } = settings;
  const properties = join(directory, 'server.properties');
  const outputFile = join(directory, 'broker.log');
  const dataDirectory = join(directory, 'log');
  await assertPortFree(port);
  await assertPortFree(controllerPort);
  const classPath = await kafkaClassPath(logger);

  mkdirSync(directory, { recursive: true });
  writeFileSync(properties, serverProperties({ ...settings, dataDirectory }));
  if (!existsSync(join(dataDirectory, 'meta.properties'))) await format(classPath, properties, settings);

  // A file, not a pipe: a broker whose reader is busy would stand still with it.
  const output = openSync(outputFile, 'a');
  try {
    const child = await spawnBroker(classPath, properties, output);
    await untilReady(child, port, outputFile);
    return { address: `127.0.0.1:${port}`, pid: child.pid ?? 0, ...controlOf(child) };
  } finally {
    closeSync(output);
  }
}

async function format(
  classPath: string,
  properties: string,
  { clusterId, voters, users = {} }: NodeSettings,
): Promise<void> {
  const flags = [...(voters ? [] : ['--standalone']), '--ignore-formatted', '--config', properties];
  const credentials = Object.entries(users).flatMap(([name, password]) => [
    '--add-scram',
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
  // In one word: an identifier may begin with a dash.
  const parameters = ['format', `--cluster-id=${clusterId}`, ...flags, ...credentials];
  await runKafkaTool(classPath, 'kafka.tools.StorageTool', parameters);
}

async function untilReady(child: ChildProcess, port: number, outputFile: string): Promise<void> {
  const givesUpAt = performance.now() + startLimitMs;
  while (!(await isListening(port))) {
    if (hasEnded(child)) throw new Error(`Kafka ended while it started: ${lastWords(outputFile)}`);
    if (performance.now() > givesUpAt) {
      await end(child);
      throw new Error(`Kafka was not ready after ${startLimitMs} ms; see ${outputFile}`);
    }
    await pause(pollMs);
  }
}

function lastWords(outputFile: string): string {
  return readFileSync(outputFile, 'utf8').trim().split('\n').slice(-outputLinesShown).join('\n');
}

function controlOf(child: ChildProcess): Pick<KafkaNode, 'onExit' | 'stop' | 'kill'> {
  let isStopping = false;
  return {
    onExit: (callback) => {
      const report = (): void => {
        if (!isStopping) callback({ code: child.exitCode, signal: child.signalCode });
      };
      if (hasEnded(child)) report();
      else child.once('exit', report);
    },
    stop: async () => {
      isStopping = true;
      await end(child);
    },
    kill: async () => {
      isStopping = true;
      await end(child, ['SIGKILL']);
    },
  };
}

async function end(child: ChildProcess, signals: NodeJS.Signals[] = ['SIGTERM', 'SIGKILL']): Promise<void> {
  for (const signal of signals) {
    if (hasEnded(child)) return;
    child.kill(signal);
    const givesUpAt = performance.now() + stopLimitMs;
    while (!hasEnded(child) && performance.now() < givesUpAt) await pause(pollMs);
  }
  if (!hasEnded(child)) throw new Error(`Kafka (process ${child.pid}) does not stop`);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
