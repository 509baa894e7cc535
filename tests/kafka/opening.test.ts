import { cloudEventHeaders, type EventBus, type TopicDeclaration } from '@localplus/event-bus';
import { createKafkaEventBus, type KafkaConnection, type TopicPolicy } from '@localplus/event-bus/kafka';
import { createLogger } from '@localplus/logging';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type SecureBroker, startSecureBroker } from './secure-broker.ts';

const declared: TopicDeclaration = {
  name: 'opening.v1',
  partitions: 2,
  cleanup: 'delete',
  retentionMs: 3_600_000,
  schema: { type: 'object' },
};
const logger = createLogger('opening').child({}, { level: 'fatal' });
const buses: EventBus[] = [];

let broker: SecureBroker;

beforeAll(async () => {
  broker = await startSecureBroker();
});
afterEach(async () => {
  await Promise.all(buses.splice(0).map((bus) => bus.close()));
});
afterAll(() => broker.remove());

test('events go and come through TLS and a password', async () => {
  const bus = await open({ ...securely(), sasl: asUser() });
  const received: string[] = [];
  await bus.consumeAsGroup({
    group: 'opening',
    topics: [declared.name],
    handler: async ({ events }) => void received.push(...events.map(({ key }) => key)),
  });
  const headers = cloudEventHeaders({ id: 'evt_1', type: declared.name, source: '/opening', time: new Date() });
  await bus.publish([{ topic: declared.name, key: 'key', value: {}, headers }]);
  await vi.waitFor(() => expect(received).toEqual(['key']), { timeout: 15_000 });
});

test.each<{ what: string; connection: () => Partial<KafkaConnection>; says: RegExp }>([
  {
    what: 'a wrong password',
    connection: () => ({ ...securely(), sasl: asUser('wrong') }),
    says: /refused the user "alice": check the name, the password/,
  },
  {
    what: 'a certificate of an authority that nobody trusts',
    connection: () => ({ ...securely(), tls: {}, sasl: asUser() }),
    says: /the certificate of Kafka at .* was not accepted/,
  },
  {
    what: 'a certificate for another host',
    connection: () => ({ brokers: [broker.misnamed], tls: { ca: broker.foreign.ca } }),
    says: /the certificate of Kafka at .* was not accepted.*127\.0\.0\.1/,
  },
  {
    what: 'a port where nobody listens',
    connection: () => ({ brokers: ['127.0.0.1:1'] }),
    says: /no broker of Kafka could be reached at 127\.0\.0\.1:1/,
  },
  {
    what: 'TLS on a port that speaks none',
    connection: () => ({ tls: { ca: broker.ours.ca } }),
    says: /no broker of Kafka could be reached at|the certificate of Kafka/,
  },
])('$what ends the start with one line that says so', async ({ connection, says }) => {
  const failure = await open(connection()).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(String(failure)).toMatch(says);
  expect(String(failure)).not.toContain('\n');
  expect(String(failure)).not.toContain(broker.user.password);
});

test('a missing topic with creation off is named', async () => {
  const missing = { ...declared, name: 'opening.missing.v1' };
  await expect(open({}, [missing], 'check')).rejects.toThrow(
    /Kafka has no topic opening\.missing\.v1.* and creating topics is switched off/,
  );
});

test('a topic with another number of partitions, or another cleanup, is named: keys would move, or events be lost', async () => {
  await open({});
  await expect(open({}, [{ ...declared, partitions: 3 }])).rejects.toThrow(/opening\.v1 has 2 partitions, not the 3/);
  await expect(open({}, [{ ...declared, cleanup: 'compact' }])).rejects.toThrow(/cleanup\.policy delete, not compact/);
});

async function open(
  connection: Partial<KafkaConnection>,
  topics: readonly TopicDeclaration[] = [declared],
  topicPolicy: TopicPolicy = 'create',
): Promise<EventBus> {
  const bus = await createKafkaEventBus({
    connection: { brokers: [broker.open], clientId: 'opening', ...connection },
    logger,
    topics,
    topicPolicy,
  });
  buses.push(bus);
  return bus;
}

function securely(): Pick<KafkaConnection, 'brokers' | 'tls'> {
  return { brokers: [broker.secure], tls: { ca: broker.ours.ca } };
}

function asUser(password = broker.user.password): KafkaConnection['sasl'] {
  return { mechanism: 'scram-sha-512', username: broker.user.name, password };
}
