import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Logger } from '@localplus/logging';
import { MissingToolError } from './missing-tool-error.ts';

/** 45 jars, 45 MB: ten seconds on a good line, minutes on a poor one. */
const fetchLimitMs = 600_000;

const pom = fileURLToPath(new URL('../pom.xml', import.meta.url));

/** The class path of Apache Kafka. Fetches its jars when they are not yet on this machine. */
export async function kafkaClassPath(logger: Logger): Promise<string> {
  const version = /<kafka\.version>([^<]+)</.exec(readFileSync(pom, 'utf8'))?.[1] ?? 'unknown';
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'localplus', `kafka-${version}`);
  if (!existsSync(folder)) {
    logger.info({ folder }, `fetching Apache Kafka ${version} by Maven (45 MB, once for this machine)`);
    await fetchJars(folder);
  }
  return join(folder, '*');
}

async function fetchJars(folder: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  // Complete or not there: two starts may fetch at the same time, and one may be killed in the middle.
  const unfinished = mkdtempSync(`${folder}.`);
  const goal = 'dependency:copy-dependencies';
  try {
    await promisify(execFile)(
      'mvn',
      ['--batch-mode', '--quiet', '--file', pom, goal, '-DincludeScope=runtime', `-DoutputDirectory=${unfinished}`],
      { timeout: fetchLimitMs },
    );
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new MissingToolError('mvn');
    throw new Error(`Maven could not fetch Apache Kafka: ${firstLine(error)}`, { cause: error });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function firstLine(error: unknown): string {
  const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
  return /^\[ERROR\] (.*)$/m.exec(output)?.[1] ?? String(error);
}
