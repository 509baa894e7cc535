import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withSecretFiles } from './secret-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'localplus-secret-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'database-url');
writeFileSync(file, 'postgresql://ledger:secret@postgres/localplus\n');

test('a password need not stand in the environment: a file holds the address of the database', () => {
  const address = 'postgresql://ledger:secret@postgres/localplus';
  expect(withSecretFiles({ LEDGER_DATABASE_URL_FILE: file, LOG_LEVEL: 'info' })).toMatchObject({
    LEDGER_DATABASE_URL: address,
    LOG_LEVEL: 'info',
  });
  expect(withSecretFiles({ DATABASE_URL_FILE: file }).DATABASE_URL).toBe(address);
});

test('other files are left to whoever asked for them', () => {
  expect(withSecretFiles({ INTERNAL_KEY_FILE: '/nowhere' })).toEqual({ INTERNAL_KEY_FILE: '/nowhere' });
});

test('a file that is not there, and an address that is told twice, end the start with the name of the variable', () => {
  expect(() => withSecretFiles({ DATABASE_URL_FILE: join(folder, 'absent') })).toThrow(/DATABASE_URL_FILE/);
  expect(() => withSecretFiles({ DATABASE_URL_FILE: file, DATABASE_URL: 'x' })).toThrow(/both set/);
});
