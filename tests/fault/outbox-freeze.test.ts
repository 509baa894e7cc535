import { createOutboxSchema, type OutboxSchema } from '@localplus/outbox/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Effects } from './effects.ts';
import { type BusAddress, openBus } from './open-bus.ts';
import { PublisherProcess } from './publisher-process.ts';

/** The server ends a session that is silent for 10 s, which frees the lock. */
const replacedWithinMs = 20_000;
const aggregates = 5;
const changesEach = 20;

let outbox: OutboxSchema;
let publishers: PublisherProcess[] = [];

beforeEach(async () => {
  outbox = await createOutboxSchema();
});
afterEach(async () => {
  await Promise.all(publishers.splice(0).map((publisher) => publisher.kill()));
  await outbox.close();
});

test('a publisher whose time stands still is replaced; when it goes on, it spoils nothing', {
  timeout: 60_000,
}, async () => {
  const address: BusAddress = { connectionString: outbox.database.connectionString('bus') };
  const bus = await openBus(address);
  const effects = await Effects.in(outbox);
  await effects.follow(bus);
  const orders = { address, connectionString: outbox.database.connectionString('bus'), schema: outbox.schema };
  publishers = [new PublisherProcess(orders), new PublisherProcess(orders)];
  const stateOf = (state: string) => publishers.filter((publisher) => publisher.state === state);
  const eventually = (expectation: () => void | Promise<void>, timeout = replacedWithinMs) =>
    vi.waitFor(expectation, { timeout, interval: 20 });
  const changeAll = async () => {
    for (let n = 0; n < aggregates * changesEach; n += 1) await outbox.change(`aggregate-${n % aggregates}`);
  };

  await eventually(() => expect([stateOf('active').length, stateOf('standing by').length]).toEqual([1, 1]));
  const [frozen] = stateOf('active');
  const changing = changeAll();
  await eventually(async () => expect(await effects.count()).toBeGreaterThan(0));
  frozen?.freeze();
  await changing;
  await eventually(() => expect(stateOf('active')).toHaveLength(2));
  frozen?.thaw();
  await changeAll();

  const committed = await effects.committed();
  await eventually(async () => expect(await effects.count()).toBe(committed));
  expect(await effects.wrongAggregates()).toEqual([]);
  expect(committed).toBe(2 * aggregates * changesEach);
  await bus.close();
});
