import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Edit, SeededFault } from './faults.ts';

const checkout = join(import.meta.dirname, '../../..');
/** What a copy has no use for; packages that were installed are shared with it. */
const leftOut = new Set(['.git', '.local', 'node_modules']);

/**
 * Changes a text.
 * @throws Error when what is to be changed does not stand there exactly once
 */
export function applyEdit(text: string, { file, find, replace }: Edit): string {
  const count = text.split(find).length - 1;
  if (count !== 1) throw new Error(`${file} has ${count} times, not once: ${find}`);
  return text.replace(find, () => replace);
}

/** Reads a file of the checkout. */
export function readOfCheckout(file: string): Promise<string> {
  return readFile(join(checkout, file), 'utf8');
}

/** A copy of the whole workspace that may be spoilt. */
export class WorkspaceCopy {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async make(): Promise<WorkspaceCopy> {
    const directory = await mkdtemp(join(tmpdir(), 'localplus-seeded-'));
    await cp(checkout, directory, {
      recursive: true,
      // Links between packages are relative: they lead to the copy's own.
      verbatimSymlinks: true,
      filter: (source) => !leftOut.has(relative(checkout, source)),
    });
    await symlink(join(checkout, 'node_modules'), join(directory, 'node_modules'));
    return new WorkspaceCopy(directory);
  }

  /** Puts a fault in. */
  async spoil({ edits }: SeededFault): Promise<void> {
    for (const edit of edits) {
      const file = join(this.#directory, edit.file);
      await writeFile(file, applyEdit(await readFile(file, 'utf8'), edit));
    }
  }

  /** Brings the files back that a fault has changed. */
  async mend({ edits }: SeededFault): Promise<void> {
    for (const { file } of edits) await writeFile(join(this.#directory, file), await readOfCheckout(file));
  }

  /** Runs a file of tests. Answers the names of those that failed. */
  async failuresOf({ project, file }: SeededFault['caughtBy']): Promise<string[]> {
    const report = join(this.#directory, 'seeded-report.json');
    await rm(report, { force: true });
    const parameters = ['run', '--project', project, '--reporter=json', `--outputFile=${report}`, file];
    const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...parameters], {
      cwd: this.#directory,
      stdio: 'ignore',
      // Not as a part of the run that starts it.
      env: { ...withoutRunner(process.env), LOCALPLUS_FAULT_SIZE: 'smoke', LOCALPLUS_RELIABILITY_REPORT: 'false' },
    });
    await once(child, 'exit');
    const { testResults }: Report = JSON.parse(await readFile(report, 'utf8'));
    return testResults.flatMap(({ assertionResults }) => {
      return assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName.trim());
    });
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function withoutRunner(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('VITEST')));
}

/** What of vitest's report is read. */
interface Report {
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
}
