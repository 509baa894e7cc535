import { expect, test } from 'vitest';
import { createLogger } from './index.ts';

test('secrets and personal data do not reach the log', () => {
  const lines: string[] = [];
  const logger = createLogger('test', { write: (line: string) => void lines.push(line) });
  logger.info({ token: 'canary-1', consumer: { email: 'canary-2', id: 'con_1' } }, 'consumer enrolled');
  expect(lines.join('')).not.toMatch(/canary/);
  expect(lines.join('')).toMatch(/con_1/);
});
