import { afterAll, beforeAll } from 'vitest';
import { proveNoGaps } from '../fault/outbox-gaps.ts';
import { startTestBroker, type TestBroker } from './test-broker.ts';

let broker: TestBroker;
beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.remove());

proveNoGaps('Kafka', () => ({ brokers: [broker.address] }));
