import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BALANCE_CHANGED, cloudEventHeaders, type OutgoingEvent, TOPICS } from '@localplus/event-bus';
import { newId, toUuid } from '@localplus/identifiers';
import { withAdminConnection } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { expect, test, vi } from 'vitest';
import { MemberProcess, withChurn } from './member-process.ts';
import { type BusAddress, openBus } from './open-bus.ts';
import { seed, seededRandom, sized } from './proof-plan.ts';
import { recordProof } from './reliability-report.ts';
import { type Change, publishSteadily, troubledFeed } from './troubled-feed.ts';

const changes = sized({ smoke: 6_000, full: 100_000 });
const wallets = 500;
const perSecond = 1_000;
const replicas = 2;
const churnEveryMs = sized({ smoke: 2_000, full: 5_000 });
const catchUpMs = 60_000;
const testLimitMs = sized({ smoke: 120_000, full: 600_000 });
const asset = { code: 'PTS.proof', scale: 0 };
const firstOccurredAtMs = Date.UTC(2026, 0, 1);
const [merchantId, programId, consumerId] = [newId('mer'), newId('prg'), newId('con')];

/** R5: the real wallet's balances, after everything that may befall a feed, are those of a wallet that reads it from zero. */
export function proveWalletProjection(where: string, addressOf: (database: TestDatabase) => BusAddress): void {
  test(`R5, ${where}: with duplicates, latecomers and wallets that come, leave and are killed, every balance equals a replay from zero`, {
    timeout: testLimitMs,
  }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'localplus-proof-'));
    const [live, replayed] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const address = addressOf(live);
    const bus = await openBus(address, TOPICS);
    try {
      const keys = await writeKeys(directory);
      const startOn = (database: TestDatabase) =>
        MemberProcess.start(join(import.meta.dirname, 'wallet-main.ts'), {
          ...keys,
          ...busEnvironment(address),
          DATABASE_URL: database.connectionString('wallet'),
          HTTP_PORT: '0',
          GRPC_PORT: '0',
        });
      const random = seededRandom(seed);
      const { asSent, newest, late, endingWrong } = troubledFeed(changes, wallets, random);
      const holders = Array.from({ length: wallets }, () => newId('wal'));
      const events = asSent.map((change) => eventOf(change, holders[change.aggregate]!));
      expect(endingWrong).toBeGreaterThan(0);
      const churn = await withChurn(
        { members: replicas, start: () => startOn(live), intervalMs: churnEveryMs, random },
        () => publishSteadily(bus, events, perSecond),
      );
      const expected = newest
        .map(({ aggregate, version, total }) => `${toUuid(holders[aggregate]!, 'wal')} at ${version}: ${total}`)
        .toSorted();
      const reaches = (database: TestDatabase) =>
        vi.waitFor(async () => expect(await balancesIn(database)).toEqual(expected), {
          timeout: catchUpMs,
          interval: 200,
        });
      await reaches(live).finally(() => churn.end());

      const replay = await startOn(replayed);
      await reaches(replayed).finally(() => replay.kill());
      expect(await rowsIn(live)).toEqual(await rowsIn(replayed));
      recordProof({
        id: `R5 ${where}, the wallet`,
        promise:
          "With duplicates, latecomers and restarts of its replicas the wallet's balances equal a replay from zero, byte for byte",
        size: `${changes} balance changes sent ${asSent.length} times, ${late} of them behind a newer or the same version; ${replicas} replicas, one killed or stopped every ${churnEveryMs / 1_000} s`,
        result: `equal in all ${expected.length} wallets, of which taking the last for the newest would have spoiled ${endingWrong}; ${churn.killed} replicas killed, ${churn.left} stopped`,
        seed,
        command: 'pnpm test:fault -- R5',
      });
    } finally {
      await bus.close();
      await Promise.all([live.drop(), replayed.drop()]);
      await rm(directory, { recursive: true });
    }
  });
}

function busEnvironment(address: BusAddress): NodeJS.ProcessEnv {
  if ('brokers' in address) return { EVENT_BUS: 'kafka', KAFKA_BROKERS: address.brokers.join(',') };
  return { EVENT_BUS: 'postgres', EVENT_BUS_DATABASE_URL: address.connectionString };
}

/** The keys of an installation. Nobody is called here; a wallet wants to have them. */
async function writeKeys(directory: string): Promise<NodeJS.ProcessEnv> {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const publicKey = { kty: 'OKP', crv: 'Ed25519', x, kid: 'wallet' };
  const [keyFile, keysFile] = [join(directory, 'wallet.json'), join(directory, 'keys.json')];
  await writeFile(keyFile, JSON.stringify({ ...publicKey, d }));
  await writeFile(keysFile, JSON.stringify({ keys: [publicKey] }));
  return { INTERNAL_KEY_FILE: keyFile, INTERNAL_KEYS_FILE: keysFile };
}

function eventOf({ id, version, amount, total }: Change, holderId: string): OutgoingEvent<typeof BALANCE_CHANGED> {
  const at = new Date(firstOccurredAtMs + version * 1_000);
  const balance = { asset, posted: `${total}`, pending: '0', held: '0', available: `${total}` };
  return {
    topic: BALANCE_CHANGED,
    key: holderId,
    headers: cloudEventHeaders({
      id,
      type: BALANCE_CHANGED,
      source: '/localplus/ledger',
      time: at,
      aggregateVersion: BigInt(version),
    }),
    value: {
      ...{ holderId, merchantId, programId, consumerId, storeId: null, transactionId: newId('trx') },
      kind: amount < 0 ? 'BURN' : 'EARN',
      version: `${version}`,
      deltas: [{ asset, posted: `${amount}` }],
      balances: [balance],
      occurredAt: at.toISOString(),
      recordedAt: at.toISOString(),
    },
  };
}

function balancesIn(database: TestDatabase): Promise<string[]> {
  return textsIn(database, "holder_id || ' at ' || version || ': ' || (balances -> 0 ->> 'posted')");
}

/** Every row, byte for byte, but for when it was written. */
function rowsIn(database: TestDatabase): Promise<string[]> {
  return textsIn(database, 'row(holder_id, version, balances, occurred_at)::text');
}

function textsIn(database: TestDatabase, expression: string): Promise<string[]> {
  return withAdminConnection(database.connectionString('wallet'), async (client) => {
    const { rows } = await client.query<{ text: string }>(`select ${expression} as text from balances order by 1`);
    return rows.map(({ text }) => text).toSorted();
  });
}
