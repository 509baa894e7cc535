import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudEventHeaders, type EventBus, type TopicDeclaration } from '@localplus/event-bus';
import { createKafkaEventBus, type KafkaConnection, type TopicPolicy } from '@localplus/event-bus/kafka';
import { findFreePorts } from '@localplus/local-kafka';
import { createLogger } from '@localplus/logging';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type Certificates, makeCertificates } from './certificates.ts';
import { startTestBroker, type TestBroker } from './test-broker.ts';

const declared: TopicDeclaration = {
  name: 'opening.v1',
  partitions: 2,
  cleanup: 'delete',
  retentionMs: 3_600_000,
  schema: { type: 'object' },
};
const logger = createLogger('opening').child({}, { level: 'fatal' });
const password = 'correct-horse';
const buses: EventBus[] = [];

let folder: string;
let ours: Certificates;
let foreign: Certificates;
let broker: TestBroker;
let secure: string;
let misnamed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'localplus-certificates-'));
  const [ourFolder, foreignFolder] = [join(folder, 'ours'), join(folder, 'foreign')];
  await Promise.all([mkdir(ourFolder), mkdir(foreignFolder)]);
  ours = await makeCertificates(ourFolder, '127.0.0.1');
  foreign = await makeCertificates(foreignFolder, 'kafka.example');
  const [securePort = 0, misnamedPort = 0] = await findFreePorts(2);
  secure = `127.0.0.1:${securePort}`;
  misnamed = `127.0.0.1:${misnamedPort}`;
  const scram = { 'sasl.enabled.mechanisms': 'SCRAM-SHA-512' };
  broker = await startTestBroker({
    users: { alice: password },
    extraListeners: [
      {
        name: 'SECURE',
        port: securePort,
        protocol: 'SASL_SSL',
        settings: {
          ...withCertificate(ours),
          ...scram,
          'scram-sha-512.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
        },
      },
      { name: 'MISNAMED', port: misnamedPort, protocol: 'SSL', settings: withCertificate(foreign) },
    ],
  });
});
afterEach(async () => {
  await Promise.all(buses.splice(0).map((bus) => bus.close()));
});
afterAll(async () => {
  await broker.remove();
  await rm(folder, { recursive: true });
});

test('events go and come through TLS and a password', async () => {
  const bus = await open({ ...securely(), sasl: { mechanism: 'scram-sha-512', username: 'alice', password } });
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
    connection: () => ({ ...securely(), sasl: { mechanism: 'scram-sha-512', username: 'alice', password: 'wrong' } }),
    says: /refused the user "alice": check the name, the password/,
  },
  {
    what: 'a certificate of an authority that nobody trusts',
    connection: () => ({ ...securely(), tls: {}, sasl: { mechanism: 'scram-sha-512', username: 'alice', password } }),
    says: /the certificate of Kafka at .* was not accepted/,
  },
  {
    what: 'a certificate for another host',
    connection: () => ({ brokers: [misnamed], tls: { ca: foreign.ca } }),
    says: /the certificate of Kafka at .* was not accepted.*127\.0\.0\.1/,
  },
  {
    what: 'a port where nobody listens',
    connection: () => ({ brokers: ['127.0.0.1:1'] }),
    says: /no broker of Kafka could be reached at 127\.0\.0\.1:1/,
  },
  {
    what: 'TLS on a port that speaks none',
    connection: () => ({ tls: { ca: ours.ca } }),
    says: /no broker of Kafka could be reached at|the certificate of Kafka/,
  },
])('$what ends the start with one line that says so', async ({ connection, says }) => {
  const failure = await open(connection()).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(String(failure)).toMatch(says);
  expect(String(failure)).not.toContain('\n');
  expect(String(failure)).not.toContain(password);
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
    connection: { brokers: [broker.address], clientId: 'opening', ...connection },
    logger,
    topics,
    topicPolicy,
  });
  buses.push(bus);
  return bus;
}

function securely(): Pick<KafkaConnection, 'brokers' | 'tls'> {
  return { brokers: [secure], tls: { ca: ours.ca } };
}

function withCertificate({ serverFile }: Certificates): Record<string, string> {
  return { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': serverFile };
}
