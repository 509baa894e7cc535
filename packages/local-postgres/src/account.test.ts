import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { canReach } from './account.ts';

const stranger = { name: 'stranger', uid: 54_321, gid: 54_321, isOther: true };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'localplus-account-'));
  mkdirSync(join(folder, 'inner'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('another account reaches what stands in folders that everybody may enter', () => {
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'inner'), 0o711);
  expect(canReach(stranger, join(folder, 'inner', 'data'))).toBe(true);
});

test('one closed folder on the way keeps another account out', () => {
  chmodSync(folder, 0o700);
  chmodSync(join(folder, 'inner'), 0o755);
  expect(canReach(stranger, join(folder, 'inner', 'data'))).toBe(false);
});

test('our own account reaches whatever we asked for', () => {
  chmodSync(folder, 0o700);
  expect(canReach({ ...stranger, isOther: false }, join(folder, 'inner', 'data'))).toBe(true);
});
