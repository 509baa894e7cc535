import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isPortFree } from './platform/free-ports.ts';
import { addMerchant } from './platform/merchants.ts';
import { checkout, PlatformProcess } from './platform/platform-process.ts';
import { choosePorts } from './platform/ports.ts';
import { describeProcess, isRunning, processTree, sendSignal } from './platform/processes.ts';
import { readRunFile } from './platform/run-file.ts';
import { type Platform, platformEnvironment, startPlatform } from './platform/start-platform.ts';
import { makeStateDirectory, removeStateDirectory } from './platform/state-directory.ts';
import { availableOf, earn, readWallet } from './platform/till.ts';
import { waitUntil } from './platform/wait-until.ts';

/** What is promised to whoever presses Ctrl-C. */
const stopPromiseMs = 3_000;
/** A child notices at once that its supervisor is gone, and then has its drain. */
const orphanEndMs = 5_000;
const secondStartPromiseMs = 10_000;

const folders: string[] = [];
const started: PlatformProcess[] = [];

async function stateDirectory(): Promise<string> {
  const folder = await makeStateDirectory();
  folders.push(folder);
  return folder;
}

async function start(options: Parameters<typeof startPlatform>[0] = {}): Promise<Platform> {
  const platform = await startPlatform({ stateDirectory: await stateDirectory(), ...options });
  started.push(platform.process);
  return platform;
}

/** Starts the supervisor where it is expected to end by itself. */
function attempt(environment: Record<string, string>, parameters: string[] = []): PlatformProcess {
  const process_ = new PlatformProcess({
    command: [process.execPath, join(checkout, 'start/main.ts'), ...parameters],
    environment,
  });
  started.push(process_);
  return process_;
}

async function expectNothingLeft(platform: Platform, pids: number[]): Promise<void> {
  expect(pids.filter(isRunning)).toEqual([]);
  for (const port of Object.values(platform.ports)) expect(await isPortFree(port)).toBe(true);
}

afterEach(async () => {
  for (const process_ of started.splice(0)) if (!process_.end) await process_.destroy();
  for (const folder of folders.splice(0)) await removeStateDirectory(folder);
});

describe('one Ctrl-C', () => {
  test.each([
    [
      'in a terminal, which tells the whole process group',
      'group',
      [process.execPath, join(checkout, 'start/main.ts')],
    ],
    ['through npm start, in a terminal', 'group', ['npm', 'start', '--silent']],
    [
      'as kill -INT of the launcher',
      'launcher',
      [process.execPath, join(checkout, 'start/launch.mjs'), 'start/main.ts'],
    ],
  ])('%s drains everything and exits with 0', async (_, target, command) => {
    const platform = await start({ command });
    const pids = processTree(platform.process.pid);
    expect(pids.length).toBeGreaterThan(4);

    const pressedAt = performance.now();
    if (target === 'group') platform.process.signalGroup('SIGINT');
    else platform.process.signal('SIGINT');
    expect(await platform.process.waitForEnd(stopPromiseMs * 2)).toEqual({ code: 0, signal: null });
    expect(performance.now() - pressedAt).toBeLessThan(stopPromiseMs);
    await expectNothingLeft(platform, pids);
  });

  test('lets a request in flight come to its answer', async () => {
    const platform = await start();
    const merchant = await addMerchant(platform);
    const wallet = await merchant.enroll();
    const answers = Array.from({ length: 50 }, () =>
      earn(platform, merchant.cashier, { walletId: wallet.id, points: 1 }),
    );
    await Promise.race(answers);
    platform.process.signal('SIGINT');

    const outcomes = await Promise.allSettled(answers);
    const acknowledged = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(await platform.process.waitForEnd(stopPromiseMs * 2)).toEqual({ code: 0, signal: null });

    const again = await start({ stateDirectory: platform.stateDirectory, ports: platform.ports });
    const kept = availableOf((await readWallet(again, wallet.token, wallet.id))!);
    expect(acknowledged).toBeGreaterThan(0);
    // What was accepted before the signal is answered; what came after it may be turned away, and then it is not there or unknown.
    expect(kept).toBeGreaterThanOrEqual(acknowledged);
    await again.stop();
  });
});

describe('a start', () => {
  test('keeps the data of the one before, and is quick', async () => {
    const first = await start();
    const merchant = await addMerchant(first);
    const wallet = await merchant.enroll();
    await earn(first, merchant.cashier, { walletId: wallet.id, points: 12 });
    await first.stop();

    const second = await start({ stateDirectory: first.stateDirectory, ports: first.ports });
    console.info(
      `first start ${Math.round(first.readyAfterMs)} ms, second start ${Math.round(second.readyAfterMs)} ms`,
    );
    expect(second.readyAfterMs).toBeLessThan(secondStartPromiseMs);
    expect(availableOf((await readWallet(second, wallet.token, wallet.id))!)).toBe(12);
    await second.stop();
  });

  test('with a port that is taken says which one and what to set', async () => {
    const platform = await start();
    const ports = { ...(await choosePorts()), GATEWAY_PORT: platform.ports.GATEWAY_PORT };
    const second = attempt(platformEnvironment(await stateDirectory(), ports, 'none'));
    expect(await second.waitForEnd(20_000)).toMatchObject({ code: 1 });
    expect(second.standardError.trim().split('\n')).toEqual([expect.stringContaining(String(ports.GATEWAY_PORT))]);
    expect(second.standardError).toContain('GATEWAY_PORT');
    await platform.stop();
  });

  test('of the same installation a second time is refused in one line, and the first goes on', async () => {
    const platform = await start();
    const second = attempt(platformEnvironment(platform.stateDirectory, platform.ports, 'none'));
    expect(await second.waitForEnd(20_000)).toMatchObject({ code: 1 });
    expect(second.standardError.trim().split('\n')).toHaveLength(1);
    expect(second.standardError).toMatch(/\d{4,5}/);
    const merchant = await addMerchant(platform);
    expect(merchant.id).toMatch(/^mer_/);
    await platform.stop();
  });

  test.each([
    ['--seperate', {}, '--seperate'],
    ['', { GATEWAY_PORT: 'http' }, 'GATEWAY_PORT'],
    ['', { LOCALPLUS_SEED: 'much' }, 'LOCALPLUS_SEED'],
  ])('with the option "%s" and the variables %j fails with one clear line', async (option, variables, named) => {
    const environment = platformEnvironment(await stateDirectory(), await choosePorts(), 'none');
    const process_ = attempt({ ...environment, ...variables }, option ? [option] : []);
    expect(await process_.waitForEnd(20_000)).toMatchObject({ code: 1 });
    expect(process_.standardError.trim().split('\n')).toEqual([expect.stringContaining(named)]);
    expect(process_.standardError).not.toMatch(/\bat .+\(|\.ts:\d/);
  });

  test('with --reset begins with nothing', async () => {
    const first = await start();
    const merchant = await addMerchant(first);
    const wallet = await merchant.enroll();
    await first.stop();
    const second = await start({
      stateDirectory: first.stateDirectory,
      ports: first.ports,
      command: [process.execPath, join(checkout, 'start/main.ts'), '--reset'],
    });
    expect(await readWallet(second, second.run().tokens.platformOperator, wallet.id)).toBeNull();
    await second.stop();
  });
});

describe('a supervisor that is killed', () => {
  test.each([
    ['the supervisor', [process.execPath, join(checkout, 'start/main.ts')]],
    ['the launcher above it', [process.execPath, join(checkout, 'start/launch.mjs'), 'start/main.ts']],
  ])('leaves nothing behind when it was %s', async (_, command) => {
    const platform = await start({ command, separate: true });
    const pids = processTree(platform.process.pid);
    sendSignal(platform.process.pid, 'SIGKILL');
    await waitUntil('every process has ended', () => pids.every((pid) => !isRunning(pid)), orphanEndMs);
    await expectNothingLeft(platform, pids);

    const again = await start({ stateDirectory: platform.stateDirectory, ports: platform.ports, separate: true });
    expect(readRunFile(again.stateDirectory)?.processes.length).toBeGreaterThan(3);
    await again.stop();
  });

  test('leaves nothing behind when it was killed in the midst of a start', async () => {
    const folder = await stateDirectory();
    const ports = await choosePorts();
    const supervisor = attempt(platformEnvironment(folder, ports, 'none'));
    // PostgreSQL, its guard, the domain and the gateway: the last two have only just begun to load their code.
    const pids = await waitUntil(
      'the supervisor has started its children',
      () => {
        const tree = processTree(supervisor.pid);
        return tree.some((pid) => /start\/gateway\.ts/.test(describeProcess(pid))) && tree;
      },
      60_000,
    );
    sendSignal(supervisor.pid, 'SIGKILL');
    await waitUntil('every process has ended', () => pids.every((pid) => !isRunning(pid)), orphanEndMs);
    for (const port of Object.values(ports)) expect(await isPortFree(port)).toBe(true);
  });
});
