import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { withAdminConnection } from '@localplus/postgres';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import type { Outcomes, Spending } from '../../test/writer-process.ts';
import { writerSlots } from './posting-writer.ts';

const program = fileURLToPath(new URL('../../test/writer-process.ts', import.meta.url));
const holderCount = 5;
const spendsOfEach = 200;
const points = 7;
const waitingBatches = `
  SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'ledger process' AND wait_event_type = 'Lock'`;

let house: LedgerHouse;
const children: ChildProcess[] = [];

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(() => house.close());

async function openProcess(spending: Spending): Promise<ChildProcess> {
  const child = fork(program, { execArgv: [] });
  children.push(child);
  child.send(spending);
  const [said] = await once(child, 'message');
  expect(said).toBe('ready');
  return child;
}

async function post(child: ChildProcess): Promise<Outcomes> {
  const answered = once(child, 'message');
  child.send('go');
  return (await answered)[0];
}

/** Begins work with all holders locked, and lets it go on when batches of both processes wait for them. */
async function whileLocked<Result>(begin: () => Promise<Result>): Promise<Result> {
  return withAdminConnection(house.database.adminConnectionString, async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT FROM ledger.holder FOR UPDATE');
    const done = begin();
    await expect
      .poll(async () => (await house.pool.query(waitingBatches)).rows[0].count, { timeout: 10_000 })
      .toBe(BigInt(2 * writerSlots));
    await client.query('ROLLBACK');
    return done;
  });
}

test('two ledger processes on the same holders: no point is spent twice, and a key that both bring is carried out once', {
  timeout: 60_000,
}, async () => {
  const merchant = await house.addMerchant();
  // Enough for half of what is asked for.
  const granted = BigInt((spendsOfEach / holderCount) * points);
  const wallets = await Promise.all(Array.from({ length: holderCount }, () => house.openWallet(merchant, granted)));
  const spendsOf = (name: string) =>
    Array.from({ length: spendsOfEach }, (_, index) => {
      const holderId = wallets[index % holderCount]?.holderId ?? '';
      // Every fourth key is the same in both processes.
      return { holderId, points, key: index % 4 === 0 ? `both-${index}` : `${name}-${index}` };
    });
  const connectionString = house.database.connectionString('ledger');
  const processes = await Promise.all(
    ['first', 'second'].map((name) => openProcess({ connectionString, spends: spendsOf(name) })),
  );
  const [first = {}, second = {}] = await whileLocked(() => Promise.all(processes.map(post)));

  const sum = (status: string) => (first[status] ?? 0) + (second[status] ?? 0);
  expect(sum('DONE') + sum('REPLAYED') + sum('INSUFFICIENT')).toBe(2 * spendsOfEach);
  expect(sum('DONE')).toBe(spendsOfEach);
  for (const { holderId } of wallets) {
    expect(await house.stateOf(holderId)).toMatchObject({
      version: BigInt(spendsOfEach / holderCount) + 1n,
      available: 0n,
    });
  }
  expect(await findFaults(house.pool)).toEqual([]);
});
