import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { ConfigurationError, readConfiguration } from '@localplus/configuration';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { eventBusVariables, optionalEventBusVariables, readEventBusAddress } from './event-bus-variables.ts';
import { variables } from './variables.ts';

const authority = rootCertificates[0] ?? '';

const folder = mkdtempSync(join(tmpdir(), 'localplus-address-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test('without a choice the bus is the one in PostgreSQL', () => {
  const address = readEventBusAddress({ EVENT_BUS_DATABASE_URL: 'postgresql://bus@127.0.0.1/localplus' });
  expect(address).toEqual({
    kind: 'postgres',
    connectionString: 'postgresql://bus@127.0.0.1/localplus',
    validateOnPublish: false,
  });
});

test('Kafka is reached with the certificates and the password of the files', () => {
  const address = readEventBusAddress({
    EVENT_BUS: 'kafka',
    KAFKA_BROKERS: 'one:9092,two:9092',
    KAFKA_TLS_CA_FILE: file('ca.pem', authority),
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
      tls: { ca: authority },
      sasl: { mechanism: 'scram-sha-512', username: 'alice', password: 'correct-horse' },
    },
  });
});

const kafkaAlone = { EVENT_BUS: 'kafka' };
const kafka = { ...kafkaAlone, KAFKA_BROKERS: 'one:9092' };
const alice = { ...kafka, KAFKA_SASL_MECHANISM: 'scram-sha-256', KAFKA_SASL_USERNAME: 'alice' };
const foreignKey = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

test.each<{ what: string; environment: NodeJS.ProcessEnv; names: RegExp }>([
  { what: 'a bus without an address', environment: {}, names: /EVENT_BUS_DATABASE_URL/ },
  { what: 'an unknown bus', environment: { EVENT_BUS: 'pigeons' }, names: /EVENT_BUS: must be postgres or kafka/ },
  { what: 'Kafka without brokers', environment: { EVENT_BUS: 'kafka' }, names: /KAFKA_BROKERS: is needed/ },
  { what: 'brokers without the choice of Kafka', environment: { KAFKA_BROKERS: 'one:9092' }, names: /EVENT_BUS: must/ },
  { what: 'brokers without a port', environment: { ...kafka, KAFKA_BROKERS: 'one,two' }, names: /KAFKA_BROKERS: must/ },
  {
    what: 'a key without its certificate',
    environment: { ...kafka, KAFKA_TLS_KEY_FILE: '/x' },
    names: /CERTIFICATE_FILE: is/,
  },
  {
    what: 'a certificate without its key',
    environment: { ...kafka, KAFKA_TLS_CERTIFICATE_FILE: '/x' },
    names: /KEY_FILE: is/,
  },
  {
    what: 'a certificate where TLS is off',
    environment: { ...kafka, KAFKA_TLS: 'false', KAFKA_TLS_CA_FILE: file('off.pem', authority) },
    names: /KAFKA_TLS: is false, but KAFKA_TLS_CA_FILE is set/,
  },
  {
    what: 'a mechanism alone',
    environment: { ...kafka, KAFKA_SASL_MECHANISM: 'scram-sha-256' },
    names: /KAFKA_SASL_USERNAME: .*KAFKA_SASL_PASSWORD: or KAFKA_SASL_PASSWORD_FILE/,
  },
  { what: 'a name alone', environment: { ...kafka, KAFKA_SASL_USERNAME: 'alice' }, names: /MECHANISM: .*PASSWORD: / },
  {
    what: 'a password twice',
    environment: { ...alice, KAFKA_SASL_PASSWORD: 'secret', KAFKA_SASL_PASSWORD_FILE: '/x' },
    names: /which one/,
  },
  {
    what: 'a password that would be sent as it is',
    environment: { ...alice, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'secret' },
    names: /KAFKA_SASL_MECHANISM: plain .* only with KAFKA_TLS/,
  },
  {
    what: 'a file that is not there',
    environment: { ...kafka, KAFKA_TLS_CA_FILE: '/nowhere' },
    names: /KAFKA_TLS_CA_FILE: names a file that cannot be read \(ENOENT\)/,
  },
  {
    what: 'a file that holds something else',
    environment: { ...kafka, KAFKA_TLS_CA_FILE: file('else.pem', 'secret') },
    names: /KAFKA_TLS_CA_FILE: names a file that is not PEM/,
  },
  {
    what: 'a key that belongs to no certificate',
    environment: {
      ...kafka,
      KAFKA_TLS_CERTIFICATE_FILE: file('client.pem', authority),
      KAFKA_TLS_KEY_FILE: file('client.key', foreignKey),
    },
    names: /KAFKA_TLS_KEY_FILE: is the key of another certificate/,
  },
])('$what is refused by the name of the variable, in one line without its value', ({ environment, names }) => {
  const read = () => readEventBusAddress(environment);
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(names);
  expect(read).not.toThrow(/secret|\n/);
});

test('problems of the bus and of the process itself are told together', () => {
  const schema = z.object({ OWN: z.string() }).and(eventBusVariables);
  expect(() => readConfiguration(schema, kafkaAlone)).toThrow(/OWN: .*KAFKA_BROKERS: /);
  expect(readConfiguration(schema, { ...kafka, OWN: 'x' })).toMatchObject({ OWN: 'x', eventBus: { kind: 'kafka' } });
});

test('who can do without a bus has none unless it is told of one', () => {
  expect(readConfiguration(optionalEventBusVariables, {})).toEqual({});
  expect(readConfiguration(optionalEventBusVariables, kafka)).toMatchObject({ eventBus: { kind: 'kafka' } });
  expect(() => readConfiguration(optionalEventBusVariables, kafkaAlone)).toThrow('KAFKA_BROKERS');
});

test.each(Object.keys(variables.shape))('the README tells what %s is for', (variable) => {
  const page = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  expect(page).toMatch(new RegExp(`^\\|.*\`${variable}\`.*\\| \\S.* \\|$`, 'm'));
});
