import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkoutFolder } from '../checkout/paths.ts';

/** Where one installation keeps what it made: keys, secrets, data, logs. What stands in it is readable by its owner alone. */
export interface StateDirectory {
  path: string;
  /** Marks that an installation runs from here. */
  lockFile: string;
  /** Addresses, tokens, demo ids and processes, for scripts. */
  runFile: string;
  passwordsFile: string;
  keysFolder: string;
  logsFolder: string;
  postgresFolder: string;
  kafkaFolder: string;
  /** Of the three nodes that `pnpm kafka` starts when it is asked to. */
  kafkaClusterFolder: string;
  /** How far the demo has been seeded, and what it is made of. */
  demoFile: string;
}

const ownerOnly = 0o700;
/** Others may pass through, not look: a root's PostgreSQL runs as another account and has its data inside. */
const passThrough = 0o711;

/**
 * Names what stands where.
 * @param path absolute, or relative to the checkout
 */
export function stateDirectory(path: string): StateDirectory {
  const folder = resolve(checkoutFolder, path);
  return {
    path: folder,
    lockFile: join(folder, 'running.json'),
    runFile: join(folder, 'run.json'),
    passwordsFile: join(folder, 'passwords.json'),
    keysFolder: join(folder, 'keys'),
    logsFolder: join(folder, 'logs'),
    postgresFolder: join(folder, 'postgres'),
    kafkaFolder: join(folder, 'kafka'),
    kafkaClusterFolder: join(folder, 'kafka-cluster'),
    demoFile: join(folder, 'demo.json'),
  };
}

/** Makes the folders. */
export function makeStateDirectory(state: StateDirectory): void {
  mkdirSync(state.path, { recursive: true });
  chmodSync(state.path, passThrough);
  for (const folder of [state.keysFolder, state.logsFolder]) mkdirSync(folder, { recursive: true, mode: ownerOnly });
}
