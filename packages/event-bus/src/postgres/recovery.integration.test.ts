import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort, type LocalPostgres, removeLocalPostgres, startLocalPostgres } from '@localplus/local-postgres';
import { createLogger } from '@localplus/logging';
import { migrate, migrationTargets, prepareDatabase, withAccount, withDatabase } from '@localplus/postgres';
import { expect, onTestFinished, test } from 'vitest';
import { cloudEventHeaders } from '../cloud-event-headers.ts';
import { upTo } from '../contract/numbers.ts';
import { eventually, Recorder } from '../contract/stage.ts';
import type { EventBus } from '../event-bus.ts';
import { createPostgresEventBus } from './create-postgres-event-bus.ts';

const logger = createLogger('recovery test').child({}, { level: 'fatal' });
const topic = 'recovery';
const databaseName = 'localplus';

/** A server of the test's own, since it will be killed. */
async function startServer(): Promise<{ connectionString: string; killAndRestart(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'localplus-recovery-'));
  chmodSync(folder, 0o755);
  const settings = {
    dataDirectory: join(folder, 'data'),
    port: await findFreePort(),
    password: 'p',
    durability: 'full',
    logger,
  } as const;
  let server: LocalPostgres = await startLocalPostgres(settings);
  onTestFinished(async () => {
    await server.stop();
    await removeLocalPostgres(settings.dataDirectory);
    rmSync(folder, { recursive: true, force: true });
  });
  const { adminConnectionString } = server;
  await prepareDatabase({ adminConnectionString, databaseName, subgraphs: [{ name: 'bus', password: 'b' }] });
  const connectionString = withDatabase(adminConnectionString, databaseName);
  const root = fileURLToPath(new URL('../../../..', import.meta.url));
  for (const target of migrationTargets(root)) {
    if (target.schema === 'bus') await migrate({ connectionString, ...target });
  }
  return {
    connectionString: withAccount(connectionString, 'bus', 'b'),
    async killAndRestart() {
      const died = new Promise<void>((resolve) => server.onExit(() => resolve()));
      process.kill(server.pid, 'SIGKILL');
      await died;
      server = await startLocalPostgres(settings);
    },
  };
}

async function open(connectionString: string): Promise<EventBus> {
  const topics = [{ name: topic, partitions: 4, cleanup: 'delete', retentionMs: 3_600_000, schema: {} }] as const;
  const bus = await createPostgresEventBus({ connectionString, name: 'recovery', logger, topics });
  onTestFinished(() => bus.close());
  return bus;
}

function event(n: number) {
  const headers = cloudEventHeaders({ id: `evt_${n}`, type: topic, source: '/test', time: new Date() });
  return { topic, key: `key-${n % 5}`, value: { n }, headers };
}

test('PostgreSQL is killed and comes back: nothing acknowledged is lost, and everybody goes on by themselves', async () => {
  const server = await startServer();
  const [publisher, consumer] = [await open(server.connectionString), await open(server.connectionString)];
  const [member, replica] = [new Recorder(), new Recorder()];
  await consumer.consumeAsGroup({ group: 'recovery.group', topics: [topic], handler: member.handler });
  await consumer.consumeAsEveryReplica({ topics: [topic], startFrom: 'latest', handler: replica.handler });

  await publisher.publish(upTo(20).map(event));
  await eventually(() => expect(new Set(member.numbers())).toEqual(new Set(upTo(20))));
  await eventually(() => expect(new Set(replica.numbers())).toEqual(new Set(upTo(20))));
  await server.killAndRestart();
  for (const n of upTo(40).slice(20)) await eventually(() => publisher.publish([event(n)]));

  await eventually(() => expect(new Set(member.numbers())).toEqual(new Set(upTo(40))));
  await eventually(() => expect(new Set(replica.numbers())).toEqual(new Set(upTo(40))));
  const places = replica.events.map(({ partition, offset }) => `${partition}/${offset}`);
  expect(new Set(places).size).toBe(places.length);
});

test('after the outage consumers are woken again, not only by the poll', async () => {
  const server = await startServer();
  const bus = await open(server.connectionString);
  const arrivals: number[] = [];
  await bus.consumeAsEveryReplica({
    topics: [topic],
    startFrom: 'latest',
    handler: async ({ events }) => void arrivals.push(...events.map(() => performance.now())),
  });
  await server.killAndRestart();
  await eventually(async () => {
    const sentAt = performance.now();
    const before = arrivals.length;
    await bus.publish([event(0)]);
    await eventually(() => expect(arrivals.length).toBeGreaterThan(before));
    expect((arrivals[before] ?? Number.POSITIVE_INFINITY) - sentAt).toBeLessThan(100);
  });
});

test('a server that cannot be reached at the start is an error at once', async () => {
  const port = await findFreePort();
  await expect(open(`postgresql://bus:b@127.0.0.1:${port}/localplus`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
