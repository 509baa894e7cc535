import { setTimeout as delay } from 'node:timers/promises';
import { EVENT_BYTES_MAX } from '@localplus/event-bus';
import { type ContractHarness, eventBusContract } from '@localplus/event-bus/contract';
import { openKafkaDeadLetterOffice } from '@localplus/event-bus/kafka';
import { createLogger } from '@localplus/logging';
import { type Admin, ConfigResourceTypes, Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, beforeAll } from 'vitest';
import { openBus } from './open-contract-bus.ts';
import { startTestBroker, type TestBroker } from './test-broker.ts';

/** The cleaner looks so often, and cleans whatever little there is. */
const cleaner = { 'log.cleaner.backoff.ms': '200', 'log.cleaner.min.cleanable.ratio': '0.001' };
/** A few rounds of the cleaner on a busy machine. */
const cleaningMs = 3_000;

let broker: TestBroker;
let admin: Admin;
let producer: Producer;

beforeAll(async () => {
  broker = await startTestBroker({ settings: cleaner });
  const client = new Kafka({ brokers: [broker.address], clientId: 'contract-suite', logLevel: logLevel.NOTHING });
  admin = client.admin();
  producer = client.producer({
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  await Promise.all([admin.connect(), producer.connect()]);
});
afterAll(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  await broker.remove();
});

eventBusContract('Kafka', (): ContractHarness => {
  const settings = { broker: broker.address };
  return {
    open: async (topics) => {
      const bus = await openBus(settings, topics);
      for (const { name } of topics.filter(({ cleanup }) => cleanup === 'compact')) await rollEveryRecord(name);
      return bus;
    },
    process: { module: new URL('./open-contract-bus.ts', import.meta.url).href, settings },
    appendRaw: async ({ topic, partition, key, value, headers }) => {
      if (Buffer.byteLength(value) > EVENT_BYTES_MAX) await admitLargeRecords(topic);
      await producer.send({ topic, messages: [{ partition, key, value, headers }] });
    },
    openOffice: () => {
      const logger = createLogger('contract').child({}, { level: 'fatal' });
      return openKafkaDeadLetterOffice({ brokers: [broker.address], clientId: 'contract-suite' }, logger);
    },
    maintain: () => delay(cleaningMs),
    interrupt: () => broker.restart(),
  };
});

/** The cleaner leaves the segment alone that is being written: each record gets one of its own. */
async function rollEveryRecord(topic: string): Promise<void> {
  const configEntries = [
    { name: 'cleanup.policy', value: 'compact' },
    { name: 'segment.ms', value: '1' },
  ];
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }],
  });
}

/** Our limit is ours alone: an operator may have raised the topic's for somebody else. */
async function admitLargeRecords(topic: string): Promise<void> {
  const configEntries = [{ name: 'max.message.bytes', value: '16777216' }];
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }],
  });
}
