import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ComposeService, interpolate } from './compose-file.ts';
import type { HandMadeImage } from './hand-made-image.ts';

/** Where the parts of the platform are on a machine that has no containers. */
export interface Machine {
  image: HandMadeImage;
  /** Stands for the root of every container's own files. */
  folder: string;
  /** Which port stands here for one of the compose file's. */
  ports: Record<string, number>;
  /** What the operator writes into `.env`. */
  operator: Record<string, string>;
}

const hostNames = /(?<![\w.-])(postgres|kafka|domain)(?=:\d)|^0\.0\.0\.0$/g;
const absoluteFolders = /(?<!\w)\/(run|var\/lib)\/(localplus|secrets)(?=\/|$)/g;

/** What a text of the compose file says on this machine: its hosts are loopback, its folders below ours, its ports ours. */
function onThisMachine(text: string, { folder, ports, operator }: Machine): string {
  const moved = text
    .replaceAll(absoluteFolders, (path) => join(folder, path))
    .replaceAll(hostNames, '127.0.0.1')
    .replaceAll(/(?<=^|[:/])\d{4}(?=$|[/,])/g, (port) => String(ports[port] ?? port));
  return interpolate(moved, operator);
}

/** The account of a service: as root the one that the compose file names, otherwise our own, which is no root either. */
function accountOf({ user }: ComposeService): { uid: number; gid: number } | undefined {
  const [uid, gid] = (user ?? '').split(':').map(Number);
  return process.getuid?.() === 0 && uid && gid ? { uid, gid } : undefined;
}

/** Makes the folders that the volumes of a service are mounted on, with the owner that the image gives them. */
export function makeVolumes(service: ComposeService, machine: Machine): void {
  const account = accountOf(service);
  for (const mount of service.volumes ?? []) {
    const path = onThisMachine(mount.split(':')[1] ?? '', machine);
    mkdirSync(path, { recursive: true, mode: 0o755 });
    if (account) chownSync(path, account.uid, account.gid);
  }
}

/** A process of a service. */
export interface HandStarted {
  readonly child: ChildProcess;
  /** What it has printed. */
  output(): string;
  /** Resolves with its exit code. */
  ended: Promise<number | null>;
}

/** Starts a command as the container of a service would: its account, its folder, and no environment but its own. */
function start([program = '', ...parameters]: string[], service: ComposeService, machine: Machine): HandStarted {
  const own = Object.entries(service.environment).map(([name, value]) => [name, onThisMachine(value, machine)]);
  const child = spawn(
    program,
    parameters.map((parameter) => onThisMachine(parameter, machine)),
    {
      cwd: machine.image.applicationFolder,
      env: { ...machine.image.environment, ...Object.fromEntries(own) },
      // The channel closes when the test's process dies, however it dies: ours then end themselves.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      ...accountOf(service),
    },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  return { child, output: () => printed, ended: once(child, 'close').then(([code]) => code) };
}

/** Starts a service by its own command. */
export function startService(service: ComposeService, machine: Machine): HandStarted {
  return start(service.command ?? [], service, machine);
}

/** Whether everything answers that the health check of a service asks: cheaper to wait for than the check itself. */
export async function answersWell(service: ComposeService, machine: Machine): Promise<boolean> {
  const addresses = (service.healthcheck?.test ?? []).filter((parameter) => parameter.startsWith('http://'));
  const answers = await Promise.all(addresses.map((address) => fetch(onThisMachine(address, machine))));
  return answers.length > 0 && answers.every(({ ok }) => ok);
}

/** Runs the health check of a service once. Resolves with its exit code and what it said. */
export async function checkHealth(
  service: ComposeService,
  machine: Machine,
): Promise<{ code: number | null; said: string }> {
  const [, ...command] = service.healthcheck?.test ?? [];
  const check = start(command, service, machine);
  return { code: await check.ended, said: check.output() };
}
