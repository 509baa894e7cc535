import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeWalletKeys } from '../fault/wallet-process.ts';
import { type SecureBroker, startSecureBroker } from './secure-broker.ts';

const checkout = join(import.meta.dirname, '../..');

let directory: string;
let keys: NodeJS.ProcessEnv;
let database: TestDatabase;
let broker: SecureBroker;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'localplus-start-up-'));
  [keys, database, broker] = await Promise.all([writeWalletKeys(directory), createTestDatabase(), startSecureBroker()]);
});
afterAll(async () => {
  await broker.remove();
  await database.drop();
  await rm(directory, { recursive: true });
});

test.each<{ what: string; subgraph: 'ledger' | 'merchant' | 'wallet'; access: () => NodeJS.ProcessEnv; says: RegExp }>([
  {
    what: 'a wrong password',
    subgraph: 'ledger',
    access: () => ({
      KAFKA_BROKERS: broker.secure,
      KAFKA_TLS_CA_FILE: broker.ours.caFile,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: broker.user.name,
      KAFKA_SASL_PASSWORD: `not ${broker.user.password}`,
    }),
    says: /refused the user "alice": check the name, the password/,
  },
  {
    what: 'a topic that is missing while creating is switched off',
    subgraph: 'wallet',
    access: () => ({ KAFKA_BROKERS: broker.open, KAFKA_TOPICS: 'check' }),
    says: /Kafka has no topic localplus\..*, and creating topics is switched off/,
  },
  {
    what: 'a certificate that does not match',
    subgraph: 'merchant',
    access: () => ({ KAFKA_BROKERS: broker.misnamed, KAFKA_TLS_CA_FILE: broker.foreign.caFile }),
    says: /the certificate of Kafka at .* was not accepted.*127\.0\.0\.1/,
  },
])('$what ends the start of the $subgraph with one line that says so', async ({ subgraph, access, says }) => {
  const host = spawnHost(subgraph, access());
  const [said, logged, [code]] = await Promise.all([text(host.stderr), text(host.stdout), once(host, 'exit')]);
  expect(code).toBe(1);
  expect(said).toMatch(says);
  expect(said.trimEnd()).not.toContain('\n');
  expect(said + logged).not.toContain(broker.user.password);
});

/** The process as a supervisor starts it. */
function spawnHost(subgraph: 'ledger' | 'merchant' | 'wallet', access: NodeJS.ProcessEnv) {
  return spawn(process.execPath, ['start/host.ts', '--subgraphs', subgraph], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      ...keys,
      ...access,
      EVENT_BUS: 'kafka',
      DATABASE_URL: database.connectionString(subgraph),
      HTTP_PORT: '0',
      GRPC_PORT: '0',
    },
  });
}
