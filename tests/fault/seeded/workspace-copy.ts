import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SeededFault, withFault } from './seeded-fault.ts';

const root = join(import.meta.dirname, '../../..');
const separator = '\0';

/** How a run of tests ended. */
export interface TestRun {
  /** Names of the tests that failed, in their order. */
  failed: string[];
  /** How many ran. */
  count: number;
}

interface Report {
  numTotalTests: number;
  testResults: { assertionResults: { fullName: string; status: string }[] }[];
}

/** The text of a file of this workspace. */
export function readSource(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** A copy of this workspace, with its own dependencies, in which code may be spoilt. */
export class WorkspaceCopy {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Copies every file that is, or would be, committed. */
  static make(): WorkspaceCopy {
    const directory = mkdtempSync(join(tmpdir(), 'localplus-seeded-'));
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    });
    for (const file of listed.split(separator).filter(Boolean)) {
      cpSync(join(root, file), join(directory, file), { recursive: true });
    }
    return new WorkspaceCopy(directory);
  }

  /** Runs tests of the copy with a fault in it, which is taken out again. */
  async runWith(fault: SeededFault): Promise<TestRun> {
    const file = join(this.#directory, fault.file);
    const sound = readFileSync(file, 'utf8');
    writeFileSync(file, withFault(sound, fault));
    try {
      return await this.run(fault.caughtBy);
    } finally {
      writeFileSync(file, sound);
    }
  }

  /** Runs tests of the copy as it is. The launcher installs what they need first. */
  async run({ project, file }: Pick<SeededFault['caughtBy'], 'project' | 'file'>): Promise<TestRun> {
    const reportFile = join(this.#directory, 'seeded-report.json');
    rmSync(reportFile, { force: true });
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, file];
    const reporter = ['--reporter=json', `--outputFile=${reportFile}`];
    const child = spawn('node', ['start/launch.mjs', ...vitest, ...reporter], {
      cwd: this.#directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await once(child, 'close');
    return readReport(reportFile, said);
  }

  /** Takes the copy away. */
  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function readReport(file: string, said: string): TestRun {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`The tests of the copy did not come to an end: ${said.slice(-2_000)}`, { cause: error });
  }
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  return { failed, count: report.numTotalTests };
}
