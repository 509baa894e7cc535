import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEventBusAddress } from './event-bus-address.ts';

const folder = mkdtempSync(join(tmpdir(), 'localplus-address-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test('without a choice the bus is the one in PostgreSQL', async () => {
  const address = await readEventBusAddress({ EVENT_BUS_DATABASE_URL: 'postgresql://bus@127.0.0.1/localplus' });
  expect(address).toEqual({ kind: 'postgres', connectionString: 'postgresql://bus@127.0.0.1/localplus' });
});

test('Kafka is reached with the certificates and the password of the files', async () => {
  const address = await readEventBusAddress({
    EVENT_BUS: 'kafka',
    KAFKA_BROKERS: 'one:9092,two:9092',
    KAFKA_TLS_CA_FILE: file('ca.pem', 'CA'),
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: 'alice',
    KAFKA_SASL_PASSWORD_FILE: file('password', 'correct-horse\n'),
    KAFKA_TOPICS: 'check',
  });
  expect(address).toMatchObject({
    kind: 'kafka',
    topicPolicy: 'check',
    connection: {
      brokers: ['one:9092', 'two:9092'],
      tls: { ca: 'CA' },
      sasl: { mechanism: 'scram-sha-512', username: 'alice', password: 'correct-horse' },
    },
  });
});

const kafka = { EVENT_BUS: 'kafka', KAFKA_BROKERS: 'one:9092' };

test.each<{ what: string; environment: NodeJS.ProcessEnv; names: RegExp }>([
  { what: 'a bus without an address', environment: {}, names: /EVENT_BUS_DATABASE_URL/ },
  { what: 'an unknown bus', environment: { EVENT_BUS: 'pigeons' }, names: /EVENT_BUS: must be postgres or kafka/ },
  { what: 'Kafka without brokers', environment: { EVENT_BUS: 'kafka' }, names: /KAFKA_BROKERS/ },
  { what: 'a key without its certificate', environment: { ...kafka, KAFKA_TLS_KEY_FILE: 'x' }, names: /CERTIFICATE/ },
  {
    what: 'a mechanism alone',
    environment: { ...kafka, KAFKA_SASL_MECHANISM: 'plain' },
    names: /USERNAME.*PASSWORD.*TLS/,
  },
  {
    what: 'a file that is not there',
    environment: { ...kafka, KAFKA_TLS_CA_FILE: '/nowhere' },
    names: /KAFKA_TLS_CA_FILE/,
  },
])('$what is refused by the name of the variable', async ({ environment, names }) => {
  await expect(readEventBusAddress(environment)).rejects.toThrow(names);
});
