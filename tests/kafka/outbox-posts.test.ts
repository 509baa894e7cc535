import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { expectBooksInBalance, listWrongWallets } from '../e2e/platform/books.ts';
import { withAdministrator } from '../e2e/platform/database.ts';
import { inFlight } from '../e2e/platform/in-flight.ts';
import { addMerchant, type TestMerchant, type TestWallet } from '../e2e/platform/merchants.ts';
import { followBalance } from '../e2e/platform/persistent-screen.ts';
import { checkout } from '../e2e/platform/platform-process.ts';
import { type Platform, startPlatform } from '../e2e/platform/start-platform.ts';
import { earn, posted } from '../e2e/platform/till.ts';
import { sized } from '../fault/proof-plan.ts';
import { recordProof } from '../fault/reliability-report.ts';
import { Durations } from '../load/measure.ts';
import { startTestBroker, type TestBroker } from './test-broker.ts';

const walletCount = 10;
const lanes = 4;
/** Some hundred posts a second: a busy day, and room for the tests beside. */
const pauseMs = 20;
const steadyMs = sized({ smoke: 3_000, full: 20_000 });
const outageMs = sized({ smoke: 8_000, full: 60_000 });
/** What the customer asks of a post; at smoke size with room for a machine that does other things too. */
const postP99MaxMs = sized({ smoke: 2_000, full: 200 });
const catchUpMaxMs = 30_000;

let broker: TestBroker;
let platform: Platform;
let merchant: TestMerchant;

beforeAll(async () => {
  broker = await startTestBroker();
  const bus = ['EVENT_BUS=kafka', `KAFKA_BROKERS=${broker.address}`];
  platform = await startPlatform({
    command: ['env', ...bus, process.execPath, join(checkout, 'start/main.ts')],
    separate: true,
  });
  merchant = await addMerchant(platform);
});
afterAll(async () => {
  await platform?.stop();
  await broker?.remove();
});

test('R4, posts: while the broker is dead every post is answered as fast as before, and afterwards every screen catches up', {
  timeout: sized({ smoke: 120_000, full: 300_000 }),
}, async () => {
  const wallets = await inFlight(walletCount, lanes, () => merchant.enroll());
  const screen = followBalance(platform, wallets[0]!);
  await screen.untilVersion(0, catchUpMaxMs);
  const processes = platform.run().processes;
  await post(wallets, steadyMs);
  const before = await post(wallets, steadyMs);

  await broker.kill();
  const meanwhile = await post(wallets, outageMs);
  // The events wait: it is this broker that the platform publishes to.
  const waiting = await unpublished();
  expect(waiting).toBeGreaterThan(0);
  await broker.start();
  const backAt = performance.now();

  const versions = await versionOf(wallets[0]!);
  const seen = await screen.untilVersion(versions, catchUpMaxMs);
  await vi.waitFor(async () => expect(await unpublished()).toBe(0), { timeout: catchUpMaxMs, interval: 100 });
  const caughtUpAfterMs = performance.now() - backAt;
  expect(caughtUpAfterMs).toBeLessThan(catchUpMaxMs);
  expect(seen).toEqual(Array.from({ length: versions + 1 }, (_, version) => version));
  await screen.close();
  expect(await listWrongWallets(platform)).toEqual([]);
  await expectBooksInBalance(platform, merchant);
  expect(meanwhile.percentile(99)).toBeLessThan(postP99MaxMs);
  // Nobody ended for want of the broker.
  expect(platform.run().processes).toEqual(processes);
  recordProof({
    id: 'R4 posts',
    promise:
      'While the broker is dead every post is answered as fast as before; afterwards screens show every version within 30 s',
    size: `the whole platform on Kafka, ${lanes} tills, the broker dead for ${outageMs / 1_000} s`,
    result: `0 of ${meanwhile.count} posts failed meanwhile, P99 ${meanwhile.percentile(99).toFixed(0)} ms (${before.percentile(99).toFixed(0)} ms before); all ${waiting} waiting events published and shown ${(caughtUpAfterMs / 1_000).toFixed(1)} s after the broker was back; 0 processes ended`,
    command: 'pnpm test:fault -- R4',
  });
});

/** Posts purchases for a while. @throws at the first that is not answered with a posting */
async function post(wallets: readonly TestWallet[], durationMs: number): Promise<Durations> {
  const durations = new Durations();
  const endsAt = performance.now() + durationMs;
  const lane = async (first: number): Promise<void> => {
    for (let n = first; performance.now() < endsAt; n += lanes) {
      const sentAt = performance.now();
      posted(await earn(platform, merchant.cashier, { walletId: wallets[n % wallets.length]!.id, points: 1 }));
      durations.add(performance.now() - sentAt);
      await delay(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
  return durations;
}

/** Posts one more, whose version is the wallet's. */
async function versionOf({ id }: TestWallet): Promise<number> {
  return Number(posted(await earn(platform, merchant.cashier, { walletId: id, points: 1 })).version);
}

function unpublished(): Promise<number> {
  return withAdministrator(platform, async (connection) => {
    const { rows } = await connection.query<{ count: string }>(
      'SELECT count(*) FROM ledger.outbox WHERE published_at IS NULL',
    );
    return Number(rows[0]?.count);
  });
}
