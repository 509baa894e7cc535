import { afterAll, beforeAll } from 'vitest';
import { proveGroupProjection } from '../fault/group-projection.ts';
import { proveWalletProjection } from '../fault/wallet-projection.ts';
import { startTestBroker, type TestBroker } from './test-broker.ts';

let broker: TestBroker;
beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.remove());

proveGroupProjection('Kafka', () => ({ brokers: [broker.address] }));
proveWalletProjection('Kafka', () => ({ brokers: [broker.address] }));
