import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MissingToolError } from './missing-tool-error.ts';

const logSettings = new URL('../log4j2.properties', import.meta.url);

/** The whole broker of a developer's machine fits; more would only be collected later. */
const heap = ['-Xms64m', '-Xmx192m', '-XX:+UseSerialGC'];

/** Starts in under half the time; a load test, where the best compiler counts, leaves it out. */
const quickStart = ['-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/** Runs one of Kafka's tools to its end. @throws with what it said, when it failed; MissingToolError without Java */
export async function runKafkaTool(classPath: string, mainClass: string, parameters: string[]): Promise<void> {
  try {
    await promisify(execFile)('java', [...quickStart, '-cp', classPath, mainClass, ...parameters]);
  } catch (error) {
    throw explained(error, mainClass);
  }
}

/**
 * Starts the broker in a process group of its own, so that a Ctrl-C in a terminal reaches only us. It ends with this process,
 * also when that is killed, where the system can see to it.
 * @param output an open file
 */
export async function spawnBroker(classPath: string, properties: string, output: number): Promise<ChildProcess> {
  const java = ['java', ...heap, ...quickStart, `-Dlog4j2.configurationFile=${fileURLToPath(logSettings)}`];
  const command = [...endWithParent(), ...java, '-cp', classPath, 'kafka.Kafka', properties];
  const child = spawn(command[0] ?? '', command.slice(1), { detached: true, stdio: ['ignore', output, output] });
  const endToo = (): void => void child.kill('SIGTERM');
  process.once('exit', endToo);
  child.once('exit', () => process.off('exit', endToo));
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(explained(error, 'kafka.Kafka')));
  });
  return child;
}

/** setpriv (util-linux) lets the kernel end the broker when the process that started it is gone. */
function endWithParent(): string[] {
  const isThere = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'setpriv')));
  return isThere ? ['setpriv', '--pdeathsig', 'TERM', '--'] : [];
}

function explained(error: unknown, what: string): Error {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new MissingToolError('java');
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return new Error(`${what} failed: ${said || String(error)}`, { cause: error });
}
