import { withTransaction } from '@localplus/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forgetRecorded, recordEachOnce, recordOnce } from './record-once.ts';
import { createOutboxSchema, type OutboxSchema } from './testing/outbox-schema.ts';

describe('the inbox', () => {
  let schema: OutboxSchema;

  beforeAll(async () => {
    schema = await createOutboxSchema();
  });
  afterAll(() => schema.close());

  test('an event is new once for each consumer', async () => {
    expect(await recordOnce(schema.pool, 'mail', 'evt_1')).toBe(true);
    expect(await recordOnce(schema.pool, 'mail', 'evt_1')).toBe(false);
    expect(await recordOnce(schema.pool, 'figures', 'evt_1')).toBe(true);
  });

  test('an effect that was rolled back takes its note with it', async () => {
    const failing = withTransaction(schema.pool, async (client) => {
      expect(await recordOnce(client, 'mail', 'evt_2')).toBe(true);
      throw new Error('the effect failed');
    });
    await expect(failing).rejects.toThrow('the effect failed');
    expect(await recordOnce(schema.pool, 'mail', 'evt_2')).toBe(true);
  });

  test('of many deliveries at once exactly one makes the effect', async () => {
    await schema.pool.query('create table effects (id text)');
    const deliver = () =>
      withTransaction(schema.pool, async (client) => {
        if (await recordOnce(client, 'mail', 'evt_3')) await client.query(`insert into effects values ('evt_3')`);
      });
    await Promise.all(Array.from({ length: 8 }, deliver));
    expect((await schema.pool.query('select * from effects')).rowCount).toBe(1);
  });

  test('a batch tells which of its events are new, also when it names one twice', async () => {
    await recordOnce(schema.pool, 'batch', 'evt_b');
    expect(await recordEachOnce(schema.pool, 'batch', ['evt_c', 'evt_a', 'evt_b', 'evt_a'])).toEqual(
      new Set(['evt_a', 'evt_c']),
    );
    expect(await recordEachOnce(schema.pool, 'batch', [])).toEqual(new Set());
  });

  test('what is older than every topic is forgotten', async () => {
    await recordOnce(schema.pool, 'old', 'evt_old');
    await schema.pool.query(`update inbox set recorded_at = now() - interval '8 days' where consumer = 'old'`);
    await recordOnce(schema.pool, 'old', 'evt_young');
    await forgetRecorded(schema.pool, 7 * 24 * 3_600_000);
    const { rows } = await schema.pool.query(`select event_id from inbox where consumer = 'old'`);
    expect(rows).toEqual([{ event_id: 'evt_young' }]);
  });
});
