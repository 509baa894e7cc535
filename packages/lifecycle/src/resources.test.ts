import { createLogger } from '@localplus/logging';
import { expect, test } from 'vitest';
import { openTogether, Resources } from './index.ts';

test('resources stop in the reverse order, and one that fails keeps none open', async () => {
  const stopped: string[] = [];
  const resources = new Resources(createLogger('test', { write: () => undefined }));
  resources.use('database', 'database', (name) => stopped.push(name));
  resources.use('broken', 'broken', () => Promise.reject(new Error('cannot stop')));
  resources.use('server', 'server', async (name) => stopped.push(name));
  await resources.stopAll();
  expect(stopped).toEqual(['server', 'database']);
});

test('what was opened is closed again when the rest cannot be, and the reason is told', async () => {
  const stopped: string[] = [];
  const opening = openTogether(createLogger('test', { write: () => undefined }), async (resources) => {
    resources.use('database', 'database', (name) => stopped.push(name));
    throw new Error('the port is taken');
  });
  await expect(opening).rejects.toThrow('the port is taken');
  expect(stopped).toEqual(['database']);
});
