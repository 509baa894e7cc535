import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type HouseWallet, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning } from '../../test/requests.ts';
import type { BalanceChange } from '../domain/balance-change.ts';
import { Overloaded } from '../domain/failures.ts';
import type { OperationRequest } from '../domain/operation.ts';
import { type BalanceState, PostingWriter, writerSlots } from './posting-writer.ts';

const int64Max = 9_223_372_036_854_775_807n;

let house: LedgerHouse;
let wallet: HouseWallet;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

beforeEach(async () => {
  wallet = await house.openWallet(await house.addMerchant());
});

afterEach(async () => {
  vi.useRealTimers();
  expect(await findFaults(house.pool)).toEqual([]);
});

afterAll(() => house.close());

const earnings = (count: number, more: Partial<OperationRequest> = {}) =>
  Promise.all(Array.from({ length: count }, () => house.earning(wallet.holderId, 1n, more)));

/** A statement of a batch, as the driver gets it. */
interface Statement {
  name?: string;
  values?: unknown[];
}

/** How many items a batch has: the length of the array of their holders, in binary. */
function sizeOf({ values }: Statement): number {
  const items = values?.[5];
  if (!Buffer.isBuffer(items)) throw new Error('lock_batch has no array of items.');
  return items.readInt32BE(12);
}

/** A writer on the house's own connections, whose batches can be watched, and whose statements can be disturbed. */
function openWriter({
  disturb = (_statement, run) => run(),
  tellWallet = async () => 'CURRENT',
  queueLengthMax = 2_048,
}: {
  disturb?: (statement: Statement | string, run: () => Promise<unknown>) => Promise<unknown>;
  tellWallet?: (changes: readonly BalanceChange[]) => Promise<BalanceState>;
  queueLengthMax?: number;
} = {}) {
  const sizes: number[] = [];
  const connect = async () => {
    const client = await house.writerPool.connect();
    const query = (statement: Statement | string) => {
      if (typeof statement !== 'string' && statement.name === 'lock_batch') sizes.push(sizeOf(statement));
      return disturb(statement, () => client.query(statement as never) as unknown as Promise<unknown>);
    };
    return { query, release: (isBroken: boolean) => client.release(isBroken) };
  };
  const wakeOutbox = vi.fn();
  const batch = { ...house.batch, pool: { connect } as never };
  const writer = new PostingWriter({ batch, wakeOutbox, tellWallet, queueLengthMax });
  return { writer, sizes, wakeOutbox };
}

/** Keeps the wallet's account locked, so that whatever posts to it waits. */
async function lockWallet(): Promise<() => Promise<void>> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: house.database.adminConnectionString });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM ledger.holder WHERE id = $1 FOR UPDATE', [wallet.holderId]);
  return async () => {
    await client.query('ROLLBACK');
    await client.end();
  };
}

describe('groups', () => {
  test('a lone request waits for nobody', async () => {
    const { writer, sizes } = openWriter();
    const [request] = await earnings(1);
    expect(await writer.post(request!)).toMatchObject({ status: 'DONE', balanceState: 'CURRENT' });
    expect(sizes).toEqual([1]);
  });

  test('a few that come one by one while a batch runs go together when it is done', async () => {
    const [hasPosted, isLetGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { writer, sizes } = openWriter({
      disturb: async (statement, run) => {
        if (statement === 'COMMIT' && sizes.length === 1) {
          hasPosted.resolve();
          await isLetGo.promise;
        }
        return run();
      },
    });
    const [first, ...others] = await earnings(4);
    // However slow the machine is, nobody has waited for long.
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    const postings = [writer.post(first!)];
    await hasPosted.promise;
    for (const request of others) {
      postings.push(writer.post(request));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sizes).toEqual([1]);
    isLetGo.resolve();
    await Promise.all(postings);
    expect(sizes).toEqual([1, 3]);
  });

  test('a few do not wait for a batch that is held up: the second slot is theirs', async () => {
    const other = await house.openWallet(await house.addMerchant());
    const { writer, sizes } = openWriter();
    const unlock = await lockWallet();
    const [held] = await earnings(1);
    const posting = writer.post(held!);
    await vi.waitUntil(() => sizes.length === 1);
    expect(await writer.post(await house.earning(other.holderId, 1n))).toMatchObject({ status: 'DONE' });
    await unlock();
    expect(await posting).toMatchObject({ status: 'DONE' });
  });

  test('grow with the load, up to 64, and never take more than their two slots', async () => {
    let running = 0;
    let runningMost = 0;
    const { writer, sizes } = openWriter({
      disturb: async (statement, run) => {
        if (statement === 'BEGIN ISOLATION LEVEL READ COMMITTED') running += 1;
        runningMost = Math.max(runningMost, running);
        return run().finally(() => {
          if (statement === 'COMMIT') running -= 1;
        });
      },
    });
    const requests = await earnings(200);
    const outcomes = await Promise.all(requests.map((request) => writer.post(request)));
    expect(outcomes.every(({ status }) => status === 'DONE')).toBe(true);
    // What is left for the end is shared when both slots are free by then.
    expect(sizes.slice(0, 2)).toEqual([64, 64]);
    expect(Math.max(...sizes)).toBe(64);
    expect(sizes.length).toBe(4);
    expect(runningMost).toBeLessThanOrEqual(writerSlots);
  });

  test('a request that PostgreSQL will not have does not take its neighbours with it', async () => {
    const { writer } = openWriter();
    const requests = await earnings(10);
    const poisoned = { ...requests[6]!, reference: 'no such reference!' };
    const outcomes = await Promise.allSettled(requests.with(6, poisoned).map((request) => writer.post(request)));
    expect(outcomes.map(({ status }) => status)).toEqual(
      Array.from({ length: 10 }, (_, index) => (index === 6 ? 'rejected' : 'fulfilled')),
    );
    expect(await house.stateOf(wallet.holderId)).toMatchObject({ version: 9n, available: 9n });
  });
});

test('64 bits are kept exactly, and what would leave them is refused, without its neighbours', async () => {
  const { writer } = openWriter();
  const [most, one, more] = await Promise.all(
    [int64Max, 1n, 1n].map((points) => house.earning(wallet.holderId, points)),
  );
  const neighbour = await house.openWallet(await house.addMerchant());
  const others = await Promise.all(Array.from({ length: 4 }, () => house.earning(neighbour.holderId, 1n)));
  const spend = { ...more!, ...burning(await house.holder(wallet.holderId), int64Max), key: 'all of it' };
  expect(await writer.post(most!)).toMatchObject({ status: 'DONE' });
  const outcomes = await Promise.all([...others, one!, more!].map((request) => writer.post(request)));
  expect(outcomes.map(({ status }) => status)).toEqual([...others.map(() => 'DONE'), 'OUT_OF_RANGE', 'OUT_OF_RANGE']);
  expect(await writer.post(spend)).toMatchObject({ status: 'DONE', transactions: [{ holderVersion: 2n }] });
  const { rows } = await house.pool.query('SELECT value FROM outbox WHERE key = $1 ORDER BY position', [wallet.wallet]);
  expect(rows.map(({ value }) => value.deltas[0].posted)).toEqual([`${int64Max}`, `-${int64Max}`]);
});

describe('a group of all or nothing', () => {
  test('is a batch of its own: written whole, or not at all', async () => {
    const { writer, sizes } = openWriter();
    const [first, second, third] = await earnings(3);
    const spend = burning(await house.holder(wallet.holderId), 3n);
    // One after the other: two slots may take two groups in any order.
    const refused = await writer.postAll([first!, { ...third!, ...spend }], { isAtomic: true });
    const posted = await writer.postAll([first!, second!], { isAtomic: true });
    expect(refused).toMatchObject([{ status: 'GROUP_REFUSED' }, { status: 'INSUFFICIENT', available: 1n }]);
    expect(posted).toMatchObject([{ status: 'DONE' }, { status: 'DONE' }]);
    expect(sizes).toEqual([2, 2]);
    expect(await house.stateOf(wallet.holderId)).toMatchObject({ version: 2n, available: 2n });
  });

  test('is refused, and no fault, when a number in it leaves 64 bits; nothing of it is written', async () => {
    const { writer } = openWriter();
    const most = await house.earning(wallet.holderId, int64Max);
    const group = await earnings(3);
    expect(await writer.post(most)).toMatchObject({ status: 'DONE' });
    const outcomes = await writer.postAll(group, { isAtomic: true });
    expect(outcomes).toMatchObject(group.map(() => ({ status: 'OUT_OF_RANGE' })));
    expect(await house.stateOf(wallet.holderId)).toMatchObject({ version: 1n, available: int64Max });
  });
});

describe('a full queue', () => {
  test('refuses what comes then, with a delay, and posts everything that it took', async () => {
    const queueLengthMax = 300;
    const { writer } = openWriter({ queueLengthMax });
    const unlock = await lockWallet();
    const [template] = await earnings(1);
    const postings: Promise<unknown>[] = [];
    for (let count = 0; count < queueLengthMax; count += 1) {
      const key = `full-${count}`;
      const transactionId = `01900000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`;
      postings.push(writer.post({ ...template!, key, transactionId }));
    }
    const refused = await writer.post(template!).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Overloaded);
    expect(refused).toMatchObject({ retryAfterMs: expect.any(Number) });
    await unlock();
    await Promise.all(postings);
    expect(await house.stateOf(wallet.holderId)).toMatchObject({ version: 300n, available: 300n });
  });
});

describe('a connection that is lost', () => {
  test('after the commit costs nothing: the same batch again finds its own work', async () => {
    let isLost = false;
    const { writer, sizes } = openWriter({
      disturb: async (statement, run) => {
        const answer = await run();
        if (isLost || statement !== 'COMMIT') return answer;
        isLost = true;
        throw new Error('Connection terminated unexpectedly');
      },
    });
    const [request] = await earnings(1);
    const transactionIds = [request!.transactionId];
    expect(await writer.post(request!)).toMatchObject({ status: 'REPLAYED', transactionIds });
    expect(sizes).toEqual([1, 1]);
    expect(await house.stateOf(wallet.holderId)).toMatchObject({ version: 1n, available: 1n });
  });

  test('before the commit costs nothing: the same batch is posted by the next one', async () => {
    const { writer } = openWriter();
    const unlock = await lockWallet();
    const [request] = await earnings(1);
    const posting = writer.post(request!);
    await vi.waitUntil(async () => {
      const { rows } = await house.pool.query(
        `SELECT pg_terminate_backend(pid) AS is_cut FROM pg_stat_activity
         WHERE application_name = 'ledger test writer' AND wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return rows.length > 0;
    });
    await unlock();
    expect(await posting).toMatchObject({ status: 'DONE', transactions: [{ holderVersion: 1n }] });
    expect(await house.stateOf(wallet.holderId)).toMatchObject({ version: 1n, available: 1n });
  });

  test('again and again ends with an answer that says so', async () => {
    const { writer } = openWriter({
      disturb: () => Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED' })),
    });
    const [request] = await earnings(1);
    await expect(writer.post(request!)).rejects.toMatchObject({ name: 'Unavailable' });
  });
});

describe('the wallet', () => {
  test('is told of each batch once, with everything that was committed in it', async () => {
    const told: bigint[][] = [];
    const { writer, wakeOutbox, sizes } = openWriter({
      tellWallet: async (changes) => {
        told.push(changes.map(({ version }) => version));
        return 'CURRENT';
      },
    });
    await Promise.all((await earnings(40)).map((request) => writer.post(request)));
    const bySize = (left: number, right: number) => left - right;
    expect(told.map(({ length }) => length).sort(bySize)).toEqual(sizes.sort(bySize));
    expect(told.flat().sort((a, b) => Number(a - b))).toEqual(
      Array.from({ length: 40 }, (_, index) => BigInt(index + 1)),
    );
    expect(wakeOutbox).toHaveBeenCalledTimes(sizes.length);
  });

  test('that could not be told is said to catch up; a refusal does not wait for it', async () => {
    let answer: (state: BalanceState) => void = () => undefined;
    const { writer, wakeOutbox } = openWriter({ tellWallet: () => new Promise((resolve) => (answer = resolve)) });
    const [earning] = await earnings(1);
    const spend = burning(await house.holder(wallet.holderId), 5n);
    const posting = writer.post(earning!);
    expect(await writer.post({ ...earning!, ...spend, key: 'refused' })).toMatchObject({ status: 'INSUFFICIENT' });
    await vi.waitUntil(() => wakeOutbox.mock.calls.length === 1);
    answer('CATCHING_UP');
    expect(await posting).toMatchObject({ status: 'DONE', balanceState: 'CATCHING_UP' });
  });
});

test('a writer that stops answers what it took, and takes nothing new', async () => {
  const { writer } = openWriter();
  const postings = (await earnings(50)).map((request) => writer.post(request));
  await writer.stop();
  expect((await Promise.all(postings)).every(({ status }) => status === 'DONE')).toBe(true);
  const [late] = await earnings(1);
  await expect(writer.post(late!)).rejects.toThrow(Overloaded);
});
