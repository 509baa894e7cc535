import { afterAll, beforeAll } from 'vitest';
import { provePublisherKills } from '../fault/outbox-kills.ts';
import { startTestBroker, type TestBroker } from './test-broker.ts';

let broker: TestBroker;
beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.remove());

provePublisherKills('Kafka', () => ({ brokers: [broker.address] }));
