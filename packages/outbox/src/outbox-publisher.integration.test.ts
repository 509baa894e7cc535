import type { EventBus } from '@localplus/event-bus';
import { createPostgresEventBus } from '@localplus/event-bus/postgres';
import { createLogger } from '@localplus/logging';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { appendToOutbox } from './append-to-outbox.ts';
import { createOutboxPublisher, type OutboxPublisher } from './create-outbox-publisher.ts';
import { BATCH_ROWS_MAX } from './limits.ts';
import { OutboxTable } from './outbox-table.ts';
import { Arrivals } from './testing/arrivals.ts';
import { createOutboxSchema, type OutboxSchema, testTopic, testTopics } from './testing/outbox-schema.ts';

const logger = createLogger('outbox test').child({}, { level: 'silent' });

describe('the outbox publisher', () => {
  let outbox: OutboxSchema;
  let bus: EventBus;
  const publishers: OutboxPublisher[] = [];

  beforeEach(async () => {
    outbox = await createOutboxSchema();
    const connectionString = outbox.database.connectionString('bus');
    bus = await createPostgresEventBus({ connectionString, name: 'outbox test', logger, topics: testTopics });
  });
  afterEach(async () => {
    for (const publisher of publishers.splice(0)) await publisher.close();
    await bus.close();
    await outbox.close();
  });

  function start(over: Pick<EventBus, 'publish'> = bus): OutboxPublisher {
    const { pool, schema } = outbox;
    const publisher = createOutboxPublisher({ pool, schema, bus: { ...bus, publish: over.publish }, logger });
    publishers.push(publisher);
    return publisher;
  }

  async function eventually(expectation: () => void | Promise<void>): Promise<void> {
    await vi.waitFor(expectation, { timeout: 15_000, interval: 10 });
  }

  test('publishes what was committed, in the envelope, and nothing that was rolled back', async () => {
    const arrivals = await Arrivals.on(bus);
    start();
    await outbox.change('a');
    await expect(outbox.change('a', () => Promise.reject(new Error('changed my mind')))).rejects.toThrow();
    await outbox.change('a');
    await eventually(() => expect(arrivals.events).toHaveLength(2));
    expect(arrivals.events[0]).toMatchObject({
      topic: testTopic,
      key: 'a',
      value: { version: '1' },
      headers: {
        ce_specversion: '1.0',
        ce_id: expect.stringMatching(/^evt_[0-7][0-9a-z]{25}$/),
        ce_type: testTopic,
        ce_source: '/localplus/outbox_test',
        ce_time: expect.stringMatching(/^20.*Z$/),
        'content-type': 'application/json',
        aggregateversion: '1',
      },
    });
    expect(arrivals.versions('a')).toEqual([1, 2]);
  });

  test('rows of one transaction leave in the order of their versions, however they were written', async () => {
    const arrivals = await Arrivals.on(bus);
    const versions = Array.from({ length: BATCH_ROWS_MAX + 50 }, (_, n) => BigInt(n + 1));
    await appendToOutbox(
      outbox.pool,
      versions.toReversed().map((aggregateVersion) => ({ topic: testTopic, key: 'k', aggregateVersion, value: {} })),
    );
    start();
    await eventually(() => expect(arrivals.versions('k')).toEqual(versions.map(Number)));
  });

  test.each([
    { point: 'after it has read', send: false },
    { point: 'after it has sent, before it has marked', send: true },
  ])('a publisher that dies $point loses nothing, and keeps the order', async ({ send }) => {
    const arrivals = await Arrivals.on(bus);
    let deaths = 0;
    start({
      publish: async (events) => {
        const dies = deaths < 3;
        if (!dies || send) await bus.publish(events);
        if (!dies) return;
        deaths += 1;
        // The session is gone, and with it the lock and every right to mark.
        await outbox.pool.query(
          `select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
           where l.locktype = 'advisory' and d.datname = current_database()`,
        );
        if (!send) throw new Error('died');
      },
    });
    for (let n = 0; n < 60; n += 1) {
      await outbox.change(`aggregate-${n % 3}`);
      if (n < 3) await eventually(() => expect(deaths).toBeGreaterThan(n));
    }
    await eventually(() => expect(arrivals.counts()).toEqual(new Map([0, 1, 2].map((n) => [`aggregate-${n}`, 20]))));
    for (const n of [0, 1, 2]) {
      expect(arrivals.versions(`aggregate-${n}`)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    }
  });

  test('one publisher is active; when it goes, a stand-by takes over within two seconds', async () => {
    const first = start();
    await eventually(() => expect(first.isActive).toBe(true));
    const second = start();
    const arrivals = await Arrivals.on(bus);
    await outbox.change('a');
    await eventually(() => expect(arrivals.versions('a')).toEqual([1]));
    expect(second.isActive).toBe(false);
    const closedAt = performance.now();
    await first.close();
    await eventually(() => expect(second.isActive).toBe(true));
    expect(performance.now() - closedAt).toBeLessThan(2_000);
    await outbox.change('a');
    await eventually(() => expect(arrivals.versions('a')).toEqual([1, 2]));
  });

  test('what was published last is marked also when nothing comes behind it, and by one that is closed', async () => {
    const unmarked = async () => {
      const { rows } = await outbox.pool.query('select position from outbox where published_at is null');
      return rows.length;
    };
    const publishing = Promise.withResolvers<void>();
    const isLet = Promise.withResolvers<void>();
    const publisher = start({
      publish: async (events) => {
        await bus.publish(events);
        if (events.some(({ key }) => key !== 'last')) return;
        publishing.resolve();
        await isLet.promise;
      },
    });
    await outbox.change('a');
    await eventually(async () => expect(await unmarked()).toBe(0));
    await outbox.change('last');
    await publishing.promise;
    expect(await unmarked()).toBe(1);
    const closed = publisher.close();
    isLet.resolve();
    await closed;
    expect(await unmarked()).toBe(0);
  });

  test('an outage of the bus is waited for; the lag tells of it', async () => {
    const arrivals = await Arrivals.on(bus);
    let isDown = true;
    const publisher = start({
      publish: async (events) => {
        if (isDown) throw new Error('the bus is down');
        await bus.publish(events);
      },
    });
    for (const key of ['a', 'b', 'b']) await outbox.change(key);
    await eventually(async () => expect(await publisher.lag()).toMatchObject({ pendingEvents: 3 }));
    await eventually(async () => expect((await publisher.lag()).oldestPendingAgeMs).toBeGreaterThan(300));
    isDown = false;
    await eventually(() => expect(arrivals.events).toHaveLength(3));
    await eventually(async () => expect(await publisher.lag()).toEqual({ pendingEvents: 0, oldestPendingAgeMs: 0 }));
  });

  test('an outage of the database is waited for', async () => {
    const arrivals = await Arrivals.on(bus);
    start();
    for (let n = 1; n <= 5; n += 1) {
      await outbox.change('a');
      await eventually(() => expect(arrivals.versions('a')).toHaveLength(n));
      await outbox.pool.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    }
  });

  test('an event that the bus can never accept is set aside with its reason; the others go on', async () => {
    const arrivals = await Arrivals.on(bus);
    await outbox.change('a');
    await appendToOutbox(outbox.pool, [{ topic: 'nobody.knows.v1', key: 'x', aggregateVersion: 1n, value: {} }]);
    await outbox.change('a');
    const publisher = start();
    await eventually(() => expect(arrivals.versions('a')).toEqual([1, 2]));
    const { rows } = await outbox.pool.query('select key, rejection from outbox where rejection is not null');
    expect(rows).toEqual([{ key: 'x', rejection: 'no topic is named nobody.knows.v1' }]);
    expect(await publisher.lag()).toEqual({ pendingEvents: 0, oldestPendingAgeMs: 0 });
  });

  test('woken, it publishes within a fraction of the poll', async () => {
    const arrivals = await Arrivals.on(bus);
    const publisher = start();
    await eventually(() => expect(publisher.isActive).toBe(true));
    const durations: number[] = [];
    for (let n = 1; n <= 20; n += 1) {
      await outbox.change('a');
      const committedAt = performance.now();
      publisher.wake();
      await vi.waitFor(() => expect(arrivals.events).toHaveLength(n), { timeout: 5_000, interval: 1 });
      durations.push(performance.now() - committedAt);
    }
    expect(durations.sort((a, b) => a - b)[10]).toBeLessThan(60);
  });

  test('rows that were published a while ago are deleted; the others stay', async () => {
    for (let n = 0; n < 5; n += 1) await outbox.change('a');
    await outbox.pool.query(`update outbox set published_at = now() - interval '1 hour' where aggregate_version <= 2`);
    await outbox.pool.query(`update outbox set published_at = now() where aggregate_version = 3`);
    await new OutboxTable(outbox.schema).purge(outbox.pool);
    const { rows } = await outbox.pool.query('select aggregate_version from outbox order by 1');
    expect(rows.map((row) => Number(row.aggregate_version))).toEqual([3, 4, 5]);
  });
});
