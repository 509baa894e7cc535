import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { migrationTargets } from './migration-targets.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'localplus-targets-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('every schema with migrations is found, the bus first', () => {
  const wallet = join(root, 'prisma', 'wallet', 'migrations');
  const bus = join(root, 'packages', 'event-bus', 'migrations');
  for (const folder of [wallet, bus, join(root, 'prisma', 'not-begun')]) mkdirSync(folder, { recursive: true });
  expect(migrationTargets(root)).toEqual([
    { schema: 'bus', ownerRole: 'bus_owner', directory: bus },
    { schema: 'wallet', ownerRole: 'wallet_owner', directory: wallet },
  ]);
});

test('a checkout without migrations has none', () => {
  expect(migrationTargets(root)).toEqual([]);
});
