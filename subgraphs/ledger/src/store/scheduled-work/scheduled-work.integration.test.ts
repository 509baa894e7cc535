import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createLogger } from '@localplus/logging';
import { createMetrics } from '@localplus/metrics';
import { withAdminConnection } from '@localplus/postgres';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findFaults } from '../../../test/invariants.ts';
import { type HouseMerchant, type LedgerHouse, openLedgerHouse } from '../../../test/ledger-house.ts';
import { holding } from '../../../test/requests.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { keyRetentionMonths } from '../../domain/bounds.ts';
import { Overloaded } from '../../domain/failures.ts';
import { type JobOffice, openJobOffice } from './job-office.ts';
import { observeScheduledWork } from './observe-scheduled-work.ts';
import { openQueue } from './open-queue.ts';
import { queues } from './queues.ts';
import { type ScheduledWork, startScheduledWork } from './scheduled-work.ts';
import type { Settling } from './settle-due.ts';

const logger = createLogger('test').child({}, { level: 'fatal' });

let house: LedgerHouse;
let merchant: HouseMerchant;
let connectionString: string;
let office: JobOffice;
let workers: ScheduledWork[];

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  merchant = await house.addMerchant();
  connectionString = house.database.connectionString('ledger');
  office = await openJobOffice(connectionString);
});

beforeEach(() => {
  workers = [];
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await asAdministrator('DELETE FROM ledger_jobs.job');
});

afterAll(async () => {
  expect(await findFaults(house.pool)).toEqual([]);
  await office.close();
  await house.close();
});

async function asAdministrator(statement: string): Promise<void> {
  await withAdminConnection(house.database.adminConnectionString, (client) => client.query(statement));
}

/** Begins to work, as one more process would; `settle` may get in the way of the writer. */
async function work(post: Settling['writer']['post'] = (request) => house.writer.post(request)): Promise<void> {
  const { pool: sql, commands, batch } = house;
  const { findHolder } = commands;
  const { newId } = batch;
  workers.push(await startScheduledWork({ connectionString, logger, sql, findHolder, newId, writer: { post } }));
}

/** A wallet with a hold of 10 of its 100 points that ends so soon. */
async function walletWithHold(validMs: number): Promise<string> {
  const { holderId } = await house.openWallet(merchant, 100n);
  const request = holding(await house.holder(holderId), 10n, house.batch.newId(), validMs);
  expect(await house.run([{ ...(await house.earning(holderId, 1n)), ...request }])).toMatchObject([{ status: 'DONE' }]);
  return holderId;
}

const isReleased = async (holderId: string) => (await house.stateOf(holderId)).held === 0n;

async function ends(holderId: string): Promise<number> {
  const { rowCount } = await house.pool.query("SELECT FROM transaction WHERE holder_id = $1 AND kind = 'HOLD_EXPIRY'", [
    holderId,
  ]);
  return rowCount ?? 0;
}

describe('what falls due', () => {
  test('is done within about two seconds, by whichever process is there', async () => {
    await work();
    await work();
    const holderId = await walletWithHold(1_000);
    const dueAt = performance.now() + 1_000;
    await waitUntil(() => isReleased(holderId), 'the hold ends');
    // What the timer promises, and as long again for a machine that does other things too.
    expect(performance.now() - dueAt).toBeLessThan(4_000);
  });

  test('is done once by several processes, however much it is', async () => {
    const holderIds = await Promise.all(Array.from({ length: 400 }, () => walletWithHold(1)));
    await Promise.all([work(), work(), work()]);
    await waitUntil(async () => (await office.due()).holderCount === 0, 'nothing is due any more');
    for (const holderId of holderIds) expect(await ends(holderId)).toBe(1);
  });

  test('is done by another process when one stands still in the middle', async () => {
    let reached = false;
    await work(() => {
      reached = true;
      return new Promise(() => undefined);
    });
    const holderId = await walletWithHold(1);
    await waitUntil(() => reached, 'a worker has begun');
    await work();
    await waitUntil(() => isReleased(holderId), 'another worker does it');
    expect(await ends(holderId)).toBe(1);
  });

  test('is done once by another process when one is killed in the middle', async () => {
    const count = 600;
    const holderIds: string[] = [];
    while (holderIds.length < count) {
      holderIds.push(...(await Promise.all(Array.from({ length: 100 }, () => walletWithHold(1)))));
    }
    const left = async () => (await office.due()).holderCount;
    const worker = fork(new URL('../../../test/worker-main.ts', import.meta.url), [connectionString]);
    await waitUntil(async () => (await left()) < count, 'the process has begun');
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    expect(await left()).toBeGreaterThan(0);
    await work();
    await waitUntil(async () => (await left()) === 0, 'another process does the rest');
    for (const holderId of holderIds) expect(await ends(holderId)).toBe(1);
  });

  test('waits while the writer is overloaded, and is no fault of the holder', async () => {
    let isFull = true;
    await work((request) => (isFull ? Promise.reject(new Overloaded(1)) : house.writer.post(request)));
    const holderId = await walletWithHold(1);
    await waitUntil(async () => (await doneSweeps()) > 1, 'a sweep has met the full writer');
    expect(await office.troubled()).toEqual([]);
    isFull = false;
    await waitUntil(() => isReleased(holderId), 'it is done when there is room');
  });
});

async function doneSweeps(): Promise<number> {
  const { rowCount } = await house.pool.query(
    "SELECT FROM ledger_jobs.job WHERE name = 'settle-due' AND state = 'completed'",
  );
  return rowCount ?? 0;
}

describe('a holder whose due work fails', () => {
  test('holds up nobody, is tried again with back-off, and stays visible until it is done', async () => {
    const [broken, sound] = [await walletWithHold(1), await walletWithHold(1)];
    let isBroken = true;
    await work((request) => {
      if (isBroken && request.holder.id === broken) return Promise.reject(new Error('cannot be settled'));
      return house.writer.post(request);
    });
    await waitUntil(() => isReleased(sound), 'the other is done');
    const [troubled] = await waitForTroubled();
    expect(troubled).toMatchObject({ queue: 'settle-holder', state: 'retry', data: { holderId: broken } });
    expect(troubled?.output).toMatchObject({ message: 'cannot be settled' });
    expect(troubled?.nextAt?.getTime()).toBeGreaterThan(Date.now());
    isBroken = false;
    await asAdministrator("UPDATE ledger_jobs.job SET start_after = now() WHERE name = 'settle-holder'");
    await waitUntil(() => isReleased(broken), 'it is done at last');
    await waitUntil(async () => (await office.troubled()).length === 0, 'it is told of no more');
  });

  test('and that was given up is done again when an operator says so', async () => {
    const holderId = await walletWithHold(1);
    let isBroken = true;
    await work((request) => (isBroken ? Promise.reject(new Error('no')) : house.writer.post(request)));
    await waitForTroubled();
    await asAdministrator(
      "UPDATE ledger_jobs.job SET retry_limit = retry_count, start_after = now() WHERE name = 'settle-holder'",
    );
    await waitUntil(async () => (await office.troubled())[0]?.state === 'failed', 'it is given up');
    isBroken = false;
    const metrics = createMetrics(logger);
    observeScheduledWork(house.pool, metrics);
    const text = await metrics.read();
    expect(text).toContain('localplus_ledger_jobs{queue="settle-holder",state="failed"} 1');
    expect(text).toMatch(/localplus_ledger_due_holders 1\n/);
    expect(text).toMatch(/localplus_ledger_oldest_due_age_seconds \d/);

    expect(await office.retry(await office.troubled())).toBe(1);
    await waitUntil(() => isReleased(holderId), 'it is done');
  });

  async function waitForTroubled() {
    await waitUntil(async () => (await office.troubled()).length > 0, 'it failed in a job of its own');
    return office.troubled();
  }
});

describe('keys', () => {
  test(`are forgotten after ${keyRetentionMonths} months and not before, and nobody can ask for less`, async () => {
    const { holderId } = await house.openWallet(merchant);
    const requests = [await house.earning(holderId, 1n), await house.earning(holderId, 1n)];
    expect(await house.run(requests)).toMatchObject([{ status: 'DONE' }, { status: 'DONE' }]);
    const [old, young] = requests.map(({ key }) => key);
    const age = (key: string | undefined, interval: string) =>
      asAdministrator(
        `SET session_replication_role = replica;
         UPDATE ledger.transaction SET recorded_at = now() - interval '${interval}' WHERE id IN (SELECT unnest(transaction_ids) FROM ledger.idempotency WHERE key = '${key}');
         UPDATE ledger.idempotency SET recorded_at = now() - interval '${interval}' WHERE key = '${key}'`,
      );
    await age(old, `${keyRetentionMonths} months 1 day 1 minute`);
    await age(young, `${keyRetentionMonths} months -1 hours`);
    // Before anybody works: an idle worker looks only now and then for what is done at night.
    const queue = await openQueue(connectionString, logger, { supervise: false, schedule: false });
    await queue.send(queues.forgetKeys);
    await queue.stop({ graceful: false });
    await work();
    const isKept = async (key: string | undefined) =>
      (await house.pool.query('SELECT FROM idempotency WHERE key = $1', [key])).rowCount === 1;
    await waitUntil(async () => !(await isKept(old)), 'the old key is forgotten');
    expect(await isKept(young)).toBe(true);
    await expect(house.pool.query('DELETE FROM idempotency')).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the role that the process logs in with', () => {
  test.each([
    'CREATE TABLE ledger_jobs.mine (id integer)',
    'DROP TABLE ledger_jobs.job',
    `SELECT ledger_jobs.create_queue('mine', '{"policy": "standard", "partition": "true"}')`,
    'DELETE FROM ledger_jobs.queue',
  ])('cannot change what the queue is made of: %s', async (statement) => {
    await expect(house.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
  });
});
