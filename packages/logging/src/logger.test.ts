import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createLogger } from './index.ts';

test('secrets and personal data do not reach the log', () => {
  const lines: string[] = [];
  const logger = createLogger('test', { write: (line: string) => void lines.push(line) });
  logger.info({ token: 'canary-1', consumer: { email: 'canary-2', id: 'con_1' } }, 'consumer enrolled');
  expect(lines.join('')).not.toMatch(/canary/);
  expect(lines.join('')).toMatch(/con_1/);
});

const logAndExit = fileURLToPath(new URL('testing/log-and-exit.ts', import.meta.url));

test('what was logged before an exit is written', async () => {
  const child = spawn(process.execPath, [logAndExit], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') child.stdin.end('go');
    output += text;
  });
  expect((await once(child, 'close'))[0]).toBe(0);
  expect(output.trim().split('\n')).toHaveLength(1 + 200);
});

test('a process whose log nobody reads any more still ends', async () => {
  const child = spawn(process.execPath, [logAndExit], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  await once(child.stdout, 'close');
  child.stdin.end('go');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  const [code, signal] = await once(child, 'exit');
  clearTimeout(timer);
  expect([code, signal]).toEqual([0, null]);
});
