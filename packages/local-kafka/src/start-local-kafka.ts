import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createLogger, type Logger } from '@localplus/logging';
import { kafkaClassPath } from './jars.ts';
import { runKafkaTool, spawnBroker } from './java.ts';
import { assertPortFree, isListening } from './port.ts';
import { type ExtraListener, serverProperties } from './server-properties.ts';

/** Two seconds on an idle machine; a busy one with a long log to recover takes far longer. */
const startLimitMs = 90_000;
/** A broker hands over and flushes its log; a second on an idle machine. */
const stopLimitMs = 20_000;
const pollMs = 25;
/** What is shown of the broker's output when it does not start. */
const outputLinesShown = 5;

export type LocalKafkaSettings = {
  /** Where log and settings are kept; made when missing. */
  readonly dataDirectory: string;
  /** Of 127.0.0.1, for clients. */
  readonly port: number;
  /** The controller's; the port after `port` unless told. */
  readonly controllerPort?: number;
  /** More of the broker's own settings, for instance `log.cleaner.backoff.ms`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Beside the open one on `port`. */
  readonly extraListeners?: readonly ExtraListener[];
  /** Users and passwords for listeners with SCRAM-SHA-512, made when the log is new. */
  readonly users?: Readonly<Record<string, string>>;
  readonly logger?: Logger;
};

export type LocalKafka = {
  /** For clients: `127.0.0.1:<port>`. */
  readonly brokers: readonly string[];
  readonly pid: number;
  /** Calls back once when the broker ends without having been asked to. */
  onExit(callback: (exit: UnexpectedExit) => void): void;
  /** Ends the broker and waits for it. The log stays. */
  stop(): Promise<void>;
};

export type UnexpectedExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/**
 * Starts Apache Kafka, one node on 127.0.0.1 without encryption or passwords, and waits until it accepts connections. Its
 * output stands in `broker.log` beside the data. It ends with this process.
 * @throws MissingToolError without Java or Maven, PortTakenError, or an error with the broker's own last words
 */
export async function startLocalKafka(settings: LocalKafkaSettings): Promise<LocalKafka> {
  const { port, controllerPort = port + 1, logger = createLogger('local-kafka') } = settings;
  const directory = resolve(settings.dataDirectory);
  const properties = join(directory, 'server.properties');
  const outputFile = join(directory, 'broker.log');
  const dataDirectory = join(directory, 'log');
  await assertPortFree(port);
  await assertPortFree(controllerPort);
  const classPath = await kafkaClassPath(logger);

  mkdirSync(directory, { recursive: true });
  writeFileSync(properties, serverProperties({ ...settings, controllerPort, dataDirectory }));
  if (!existsSync(join(dataDirectory, 'meta.properties'))) {
    await format(classPath, properties, settings.users ?? {});
  }

  // A file, not a pipe: a broker whose reader is busy would stand still with it.
  const output = openSync(outputFile, 'a');
  try {
    const child = await spawnBroker(classPath, properties, output);
    await untilReady(child, port, outputFile);
    return { brokers: [`127.0.0.1:${port}`], pid: child.pid ?? 0, ...controlOf(child) };
  } finally {
    closeSync(output);
  }
}

async function format(classPath: string, properties: string, users: Readonly<Record<string, string>>): Promise<void> {
  const clusterId = randomBytes(16).toString('base64url');
  const flags = ['--standalone', '--ignore-formatted', '--config', properties];
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

function controlOf(child: ChildProcess): Pick<LocalKafka, 'onExit' | 'stop'> {
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
  };
}

async function end(child: ChildProcess): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
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
