import { cloudEventHeaders, type EventBus, type TopicDeclaration } from '@localplus/event-bus';
import { createKafkaEventBus, type Watchdog } from '@localplus/event-bus/kafka';
import { findFreePorts } from '@localplus/local-kafka';
import { createLogger } from '@localplus/logging';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type HalfOpenProxy, startHalfOpenProxy } from './half-open-proxy.ts';
import { startTestBroker, type TestBroker } from './test-broker.ts';

const declared: TopicDeclaration = {
  name: 'stall.v1',
  partitions: 4,
  cleanup: 'delete',
  retentionMs: 3_600_000,
  schema: { type: 'object' },
};
/** When a process with a consumer that stands still must say that it is not ready. */
const noticedWithinMs = 30_000;
const recoveredWithinMs = 30_000;

let broker: TestBroker;
let proxy: HalfOpenProxy;
let direct: EventBus;
let behind: EventBus;
const watchdog = { onStalled: vi.fn<Watchdog['onStalled']>(), onRecovered: vi.fn<Watchdog['onRecovered']>() };

beforeAll(async () => {
  const [port = 0] = await findFreePorts(1);
  proxy = await startHalfOpenProxy(() => port);
  const proxied = { name: 'PROXIED', protocol: 'PLAINTEXT', port, advertisedPort: proxy.port } as const;
  broker = await startTestBroker({ extraListeners: [proxied] });
  const logger = createLogger('stall').child({}, { level: 'fatal' });
  const open = (address: string) =>
    createKafkaEventBus({
      connection: { brokers: [address], clientId: 'stall' },
      logger,
      topics: [declared],
      watchdog,
    });
  direct = await open(broker.address);
  behind = await open(`127.0.0.1:${proxy.port}`);
});
afterAll(async () => {
  await Promise.all([direct.close(), behind.close()]);
  await proxy.close();
  await broker.remove();
});

test('a consumer whose connections have gone silent is noticed, replaced, and misses nothing', async () => {
  const received = new Set<string>();
  await behind.consumeAsGroup({
    group: 'stall',
    topics: [declared.name],
    handler: async ({ events }) => {
      for (const { key } of events) received.add(key);
    },
  });
  await direct.publish([event('before')]);
  await vi.waitFor(() => expect(received).toContain('before'), { timeout: 15_000 });

  proxy.freeze();
  const keys = Array.from({ length: 50 }, (_, n) => `meanwhile-${n}`);
  await direct.publish(keys.map(event));
  await vi.waitFor(() => expect(watchdog.onStalled).toHaveBeenCalledWith('stall'), {
    timeout: noticedWithinMs,
    interval: 100,
  });
  expect(watchdog.onRecovered).not.toHaveBeenCalled();

  proxy.thaw();
  await vi.waitFor(() => expect(watchdog.onRecovered).toHaveBeenCalledWith('stall'), { timeout: recoveredWithinMs });
  await vi.waitFor(() => expect(received).toEqual(new Set(['before', ...keys])), { timeout: recoveredWithinMs });
}, 120_000);

function event(key: string) {
  const headers = cloudEventHeaders({ id: `evt_${key}`, type: declared.name, source: '/stall', time: new Date() });
  return { topic: declared.name, key, value: {}, headers };
}
