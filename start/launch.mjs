// The only file that runs on the machine's own Node, before anything is installed: it may import `node:` modules alone.
// It installs the dependencies and generates code when what they are made from has changed, then hands over to a
// script on the Node that the project pins: node start/launch.mjs <script> [arguments]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const oldestNodeMajor = 20;
/** Who prepares touches the lock this often, so that a lock whose owner was killed is recognised. */
const lockTouchMs = 1_000;
/** Five missed touches: the owner is gone. */
const lockStaleMs = 5_000;
const lockPollMs = 200;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, 'node_modules/node/bin/node');
const lock = join(root, '.local/launch.lock');
const installedStamp = join(root, 'node_modules/.localplus-installed');
const generatedStamp = join(root, 'node_modules/.localplus-generated');
const generationInputs = ['schema/proto', 'prisma', 'buf.gen.yaml', 'start/generate.ts', 'start/src/generation'];

let currentChild;

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) if (existsSync(file)) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function workspaceManifests() {
  const listed = readFileSync('pnpm-workspace.yaml', 'utf8').match(/^packages:\n((?: +- .*\n)+)/m)?.[1] ?? '';
  const globs = [...listed.matchAll(/- *"?([^"\n]+?)"?\n/g)].map((match) => match[1]);
  const folders = globs.flatMap((glob) => {
    if (!glob.endsWith('/*')) return [glob];
    const parent = glob.slice(0, -2);
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
  });
  return folders.sort().map((folder) => join(folder, 'package.json'));
}

function installation() {
  return fingerprint(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...workspaceManifests()]);
}

function generation() {
  const inputs = generationInputs.flatMap(filesBelow).filter((file) => !file.endsWith('.sql'));
  return fingerprint([...inputs, 'pnpm-lock.yaml']);
}

function generatedFolders() {
  const subgraphs = existsSync('prisma') ? readdirSync('prisma') : [];
  return [
    'packages/rpc/src/generated',
    ...subgraphs
      .filter((name) => existsSync(join('prisma', name, 'schema.prisma')))
      .map((name) => join('subgraphs', name, 'src/store/generated')),
  ];
}

const matches = (stamp, wanted) => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
const isInstalled = () => existsSync(node) && matches(installedStamp, installation());
const isGenerated = () => generatedFolders().every(existsSync) && matches(generatedStamp, generation());

/** Runs a program to its end and resolves with the exit code that a shell would report. */
function run(command, parameters, { withChannel = false } = {}) {
  return new Promise((resolve) => {
    currentChild = spawn(command, parameters, {
      // The channel closes when this process is killed, and tells a supervisor to end too.
      stdio: withChannel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
      env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) },
    });
    currentChild.on('error', (error) => {
      process.stderr.write(`${command} could not be run: ${error.message}\n`);
      resolve(1);
    });
    currentChild.on('exit', (code, signal) => {
      currentChild = undefined;
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

const pause = (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs));

/** One launch prepares, others that start meanwhile wait for it. */
async function withLock(work) {
  mkdirSync(dirname(lock), { recursive: true });
  let announced = false;
  for (;;) {
    try {
      closeSync(openSync(lock, 'wx'));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') fail(`The checkout cannot be prepared: ${error.message}`);
    }
    const touched = statSync(lock, { throwIfNoEntry: false });
    if (touched && Date.now() - touched.mtimeMs > lockStaleMs) rmSync(lock, { force: true });
    else if (!announced) announced = process.stderr.write('Another start prepares this checkout; waiting for it.\n');
    await pause(lockPollMs);
  }
  const touching = setInterval(() => utimesSync(lock, new Date(), new Date()), lockTouchMs);
  const release = () => rmSync(lock, { force: true });
  process.on('exit', release);
  await work();
  clearInterval(touching);
  process.off('exit', release);
  release();
}

async function install() {
  const wanted = installation();
  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'));
  process.stderr.write('Installing the dependencies (only when they have changed) …\n');
  const code = await run('npx', [
    // pnpm hands its own settings down when it runs this script; npx would warn of each of them.
    '--loglevel=error',
    '--yes',
    packageManager,
    'install',
    '--frozen-lockfile',
    '--loglevel=info',
    '--config.confirmModulesPurge=false',
  ]);
  if (code !== 0) {
    process.stderr.write(
      'The dependencies could not be installed. If the npm registry cannot be reached from here, set it with\n' +
        '"npm config set registry <address>" or give a proxy by HTTPS_PROXY, then run the same command again.\n',
    );
    process.exit(code);
  }
  writeFileSync(installedStamp, wanted);
}

async function generate() {
  const wanted = generation();
  const code = await run(node, ['start/generate.ts']);
  if (code !== 0) process.exit(code);
  writeFileSync(generatedStamp, wanted);
}

if (Number(process.versions.node.split('.')[0]) < oldestNodeMajor) {
  fail(
    `Local-Plus needs Node ${oldestNodeMajor} or newer to begin with; this is ${process.version}. Get one at https://nodejs.org.`,
  );
}
if (process.argv.length < 3) fail('Usage: node start/launch.mjs <script> [arguments]');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => (currentChild ? currentChild.kill(signal) : process.exit(128 + constants.signals[signal])));
}

process.chdir(root);
if (!isInstalled() || !isGenerated()) {
  await withLock(async () => {
    if (!isInstalled()) await install();
    if (!isGenerated()) await generate();
  });
}
process.exit(await run(node, process.argv.slice(2), { withChannel: true }));
