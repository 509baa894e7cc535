import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProcessLog } from './process-log.ts';
import { StartFailed, SupervisedProcess } from './supervised-process.ts';

const childScript = `
  process.on('SIGTERM', () => process.env.IS_DEAF || process.exit(0));
  process.on('disconnect', () => process.exit(0));
  if (process.env.LAST_WORDS) { console.error(process.env.LAST_WORDS); process.exit(1); }
  console.log(JSON.stringify({ level: 50, msg: 'the pool is empty' }));
  console.log('not JSON');
  process.send({ type: 'ready' });
`;

let folder: string;
let told: string[];
let log: ProcessLog;
let supervised: SupervisedProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'localplus-supervisor-'));
  writeFileSync(join(folder, 'child.mjs'), childScript);
  told = [];
  log = new ProcessLog(folder, 'child', (line) => told.push(line));
});
afterEach(async () => {
  await supervised?.stop(1_000);
  await log.close();
  rmSync(folder, { recursive: true });
});

function supervise(
  environment: Record<string, string> = {},
  onChange: () => void = () => undefined,
): SupervisedProcess {
  const plan = { name: 'child', script: join(folder, 'child.mjs'), parameters: [], environment };
  supervised = new SupervisedProcess(plan, log, onChange);
  return supervised;
}

test('a process that is killed is started again, and everybody is told its new id', async () => {
  const changes: (number | undefined)[] = [];
  const running = supervise({}, () => void changes.push(running.pid));
  await running.start();
  const first = running.pid;
  process.kill(first ?? 0, 'SIGKILL');
  await vi.waitFor(() => expect(running.restarts).toBe(1), { timeout: 5_000 });
  await vi.waitFor(() => expect(changes).toHaveLength(2), { timeout: 5_000 });
  expect(changes).toEqual([undefined, running.pid]);
  expect(running.pid).not.toBe(first);
});

test('a process that is told to stop drains, and is not started again', async () => {
  const running = supervise();
  await running.start();
  expect(await running.stop(2_000)).toBe(true);
  expect([running.pid, running.restarts]).toEqual([undefined, 0]);
});

test('a process that does not stop in its time is killed', async () => {
  const running = supervise({ IS_DEAF: 'true' });
  await running.start();
  expect(await running.stop(200)).toBe(false);
  expect(running.pid).toBeUndefined();
});

test('a first start that fails tells the process’s last words and where its log is', async () => {
  const failing = supervise({ LAST_WORDS: 'The port is taken.' });
  await expect(failing.start()).rejects.toThrow(StartFailed);
  await expect(failing.start()).rejects.toThrow(`child could not start: The port is taken. (log: ${log.file})`);
});

test('all that a process says is in its log; its errors are told once', async () => {
  const running = supervise();
  await running.start();
  process.kill(running.pid ?? 0, 'SIGKILL');
  await vi.waitFor(() => expect(told).toContain('child is back'), { timeout: 5_000 });
  await vi.waitFor(() => expect(readFileSync(log.file, 'utf8').match(/not JSON/g)).toHaveLength(2));
  expect(told.filter((line) => line.startsWith('child: the pool is empty'))).toHaveLength(1);
});
