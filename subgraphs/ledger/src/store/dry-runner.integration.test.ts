import { createPool } from '@localplus/postgres';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning } from '../../test/requests.ts';
import { Overloaded } from '../domain/failures.ts';
import { DryRunner, dryRunSlots } from './dry-runner.ts';

let house: LedgerHouse;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

afterAll(() => house.close());

test('dry runs wait for each other and never for the writer, and more than can wait are turned away', async () => {
  const connectionString = house.database.connectionString('ledger');
  const pool = createPool({ connectionString, name: 'ledger dry run test', max: dryRunSlots, isPipelined: true });
  try {
    const wallet = await house.openWallet(await house.addMerchant(), 100n);
    const dryRunner = new DryRunner({ ...house.batch, pool });
    const holder = await house.holder(wallet.holderId);
    const request = await house.earning(wallet.holderId, 1n, burning(holder, 10n));
    const runs = await Promise.allSettled(Array.from({ length: 80 }, () => dryRunner.tryOut([request])));
    const done = runs.flatMap((run) => (run.status === 'fulfilled' ? [run.value] : []));
    expect(done).toHaveLength(64);
    // Each finds the balance as it is: none has left anything.
    expect(done.every(({ decisions, isWritten }) => decisions[0]?.status === 'DONE' && !isWritten)).toBe(true);
    expect(runs.filter((run) => run.status === 'rejected' && run.reason instanceof Overloaded)).toHaveLength(16);
    expect(pool.totalCount).toBe(dryRunSlots);
    expect(await dryRunner.tryOut([request])).toMatchObject({ isWritten: false });
    expect(await house.stateOf(wallet.holderId)).toMatchObject({ version: 1n, available: 100n });
  } finally {
    await pool.end();
  }
});
