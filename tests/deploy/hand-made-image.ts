import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { basename, delimiter, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../e2e/platform/platform-process.ts';
import { isInBuildContext } from './build-context.ts';
import { environmentOf, type Instruction, readContainerfile } from './containerfile.ts';

const run = promisify(execFile);
/** A second each on an idle machine whose package store has everything; far longer without. */
const commandLimitMs = 150_000;
const outputBytesMax = 4_000_000;

/** What `deploy/Containerfile` makes, in a folder of this machine. */
export interface HandMadeImage {
  /** Where the processes are run. */
  applicationFolder: string;
  /** What each of them finds in its environment. */
  environment: Record<string, string>;
}

/**
 * Does by hand what the Containerfile says: copies what `.dockerignore` lets through, runs the commands of the first stage as
 * they are, and takes over the environment of the last one. Programs come from `<folder>/bin`, where the Node that runs
 * this stands, as in an image of that Node.
 * @throws with the output of the command that failed
 */
export async function makeImage(folder: string): Promise<HandMadeImage> {
  const [workspace = [], image = []] = readContainerfile();
  const applicationFolder = join(folder, 'app');
  const programFolder = join(folder, 'bin');
  for (const path of [applicationFolder, programFolder]) mkdirSync(path);
  copyFileSync(process.execPath, join(programFolder, 'node'));
  const PATH = [programFolder, process.env.PATH].join(delimiter);
  const environment = { ...process.env, ...environmentOf(workspace), PATH, npm_config_prefix: folder };
  for (const instruction of workspace) await follow(instruction, applicationFolder, environment);
  return { applicationFolder, environment: { ...environmentOf(image), PATH } };
}

async function follow({ keyword, text }: Instruction, cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (keyword === 'COPY') {
    const [destination = '.', ...sources] = text.split(' ').reverse();
    for (const source of sources) copyFromContext(source, cwd, destination);
  }
  if (keyword !== 'RUN') return;
  const limits = { timeout: commandLimitMs, maxBuffer: outputBytesMax };
  await run('sh', ['-c', text], { cwd, env, ...limits }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`${text} failed:\n${error.stdout}\n${error.stderr}`, { cause: error });
  });
}

/** A folder's content goes to the destination; a file goes into it, when the destination ends as a folder does. */
function copyFromContext(source: string, applicationFolder: string, destination: string): void {
  const target = destination.endsWith('/') ? join(destination, basename(source)) : destination;
  cpSync(join(checkout, source), join(applicationFolder, target), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path === checkout || isInBuildContext(relative(checkout, path)),
  });
}
