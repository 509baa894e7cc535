import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '@localplus/event-bus';
import { newId } from '@localplus/identifiers';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { expect, test, vi } from 'vitest';
import { balanceEvent } from './balance-event.ts';
import { withChurn } from './member-process.ts';
import { type BusAddress, openBus } from './open-bus.ts';
import { seed, seededRandom, sized } from './proof-plan.ts';
import { recordProof } from './reliability-report.ts';
import { publishSteadily, troubledFeed } from './troubled-feed.ts';
import { startWalletProcess, storedBalance, storedBalances, walletTexts, writeWalletKeys } from './wallet-process.ts';

const changes = sized({ smoke: 6_000, full: 100_000 });
const wallets = 500;
const perSecond = 1_000;
const replicas = 2;
const churnEveryMs = sized({ smoke: 2_000, full: 5_000 });
const catchUpMs = 60_000;
const testLimitMs = sized({ smoke: 120_000, full: 600_000 });

/** R5: the real wallet's balances, after everything that may befall a feed, are those of a wallet that reads it from zero. */
export function proveWalletProjection(where: string, addressOf: (database: TestDatabase) => BusAddress): void {
  test(`R5, ${where}: with duplicates, latecomers and wallets that come, leave and are killed, every balance equals a replay from zero`, {
    timeout: testLimitMs,
  }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'localplus-proof-'));
    const [live, replayed] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const address = addressOf(live);
    const bus = await openBus(address, TOPICS);
    try {
      const keys = await writeWalletKeys(directory);
      const startOn = (database: TestDatabase) => startWalletProcess({ address, database, keys });
      const random = seededRandom(seed);
      const { asSent, newest, late, endingWrong } = troubledFeed(changes, wallets, random);
      const holders = Array.from({ length: wallets }, () => newId('wal'));
      const events = asSent.map((change) => balanceEvent(change, holders[change.aggregate]!));
      expect(endingWrong).toBeGreaterThan(0);
      const churn = await withChurn(
        { members: replicas, start: () => startOn(live), intervalMs: churnEveryMs, random },
        () => publishSteadily(bus, events, perSecond),
      );
      const expected = newest.map((change) => storedBalance(holders[change.aggregate]!, change)).toSorted();
      const reaches = (database: TestDatabase) =>
        vi.waitFor(async () => expect(await storedBalances(database)).toEqual(expected), {
          timeout: catchUpMs,
          interval: 200,
        });
      await reaches(live).finally(() => churn.end());

      const replay = await startOn(replayed);
      await reaches(replayed).finally(() => replay.kill());
      expect(await rowsIn(live)).toEqual(await rowsIn(replayed));
      recordProof({
        id: `R5 ${where}, the wallet`,
        promise:
          "With duplicates, latecomers and restarts of its replicas the wallet's balances equal a replay from zero, byte for byte",
        size: `${changes} balance changes sent ${asSent.length} times, ${late} of them behind a newer or the same version; ${replicas} replicas, one killed or stopped every ${churnEveryMs / 1_000} s`,
        result: `equal in all ${expected.length} wallets, of which taking the last for the newest would have spoiled ${endingWrong}; ${churn.killed} replicas killed, ${churn.left} stopped`,
        seed,
        command: 'pnpm test:fault -- R5',
      });
    } finally {
      await bus.close();
      await Promise.all([live.drop(), replayed.drop()]);
      await rm(directory, { recursive: true });
    }
  });
}

/** Every row, byte for byte, but for when it was written. */
function rowsIn(database: TestDatabase): Promise<string[]> {
  return walletTexts(database, 'row(holder_id, version, balances, occurred_at)::text');
}
