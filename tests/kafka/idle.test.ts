import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sized } from '../fault/proof-plan.ts';
import { recordProof } from '../fault/reliability-report.ts';
import type { IdleOrders, IdleReport } from './idle-main.ts';
import { startTestBroker, type TestBroker } from './test-broker.ts';

const consumers = 4;
/** The members of groups follow the dead letters with a client of their own. */
const consumingClients = consumers + 1;
/** Until the start is behind it, and what runs each second has been compiled. */
const settleMs = sized({ smoke: 5_000, full: 15_000 });
const measureMs = sized({ smoke: 8_000, full: 60_000 });
/** What is promised of a client; at smoke size, cold, with room. The fault of kafkajs that is patched costs 30 and more. */
const processorMsPerSecondMax = sized({ smoke: 10, full: 5 });

let broker: TestBroker;
const children: ChildProcess[] = [];

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await broker.remove();
});

test('R10: a client of Kafka that has nothing to do takes less than 5 ms of a processor each second', async () => {
  const [alone, together] = await Promise.all([measure(0), measure(consumers)]);
  const eachConsuming = (together - alone) / consumingClients;
  expect(alone).toBeLessThan(processorMsPerSecondMax);
  expect(eachConsuming).toBeLessThan(processorMsPerSecondMax);
  recordProof({
    id: 'R10 idle',
    promise: 'A client of Kafka that has nothing to do takes less than 5 ms of a processor each second',
    size: `a process with a publisher that has published once, and one with ${consumers} consumers besides, for ${measureMs / 1_000} s`,
    result: `the publisher ${alone.toFixed(1)} ms/s; each of ${consumingClients} consuming clients ${eachConsuming.toFixed(1)} ms/s; the process with all of them ${together.toFixed(1)} ms/s`,
    command: 'pnpm test:fault -- R10',
  });
}, 120_000);

/** Processor time, in ms each second, of an idle process with so many consumers. */
async function measure(count: number): Promise<number> {
  const orders: IdleOrders = { brokers: [broker.address], consumers: count, settleMs, measureMs };
  const child = fork(join(import.meta.dirname, 'idle-main.ts'), [JSON.stringify(orders)]);
  children.push(child);
  const reports: IdleReport[] = [];
  child.on('message', (report: IdleReport) => reports.push(report));
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  const [report] = reports;
  if (!report) throw new Error('an idle process reported nothing');
  return report.processorMsPerSecond;
}
