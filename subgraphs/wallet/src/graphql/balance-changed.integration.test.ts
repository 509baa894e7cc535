import { newId, toUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { consumer, nobody, partnerOf, staffOf } from '../../test/callers.ts';
import { type Stream, type StreamedChange, subscribe } from '../../test/socket.ts';
import { openSubgraphHouse, type SubgraphHouse } from '../../test/subgraph-house.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { applyFeedBatch } from '../commands/apply-balance-changes.ts';
import { enrollConsumer } from '../commands/enroll-consumer.ts';
import type { BalanceChange } from '../domain/balance-change.ts';
import { writeCursor } from '../domain/cursor.ts';
import { readBalanceChange } from '../grpc/balance-messages.ts';

const fields =
  'cursor version skipped kind balances { posted } transaction { id } wallet { id version balances { posted } }';
const query = `subscription ($walletId: ID!, $after: String) { balanceChanged(walletId: $walletId, after: $after) { ${fields} } }`;

let database: TestDatabase;
let house: SubgraphHouse;
let walletId: string;
let consumerId: string;
const streams: Stream[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openSubgraphHouse(database.connectionString('wallet'));
});
afterAll(async () => {
  await house.close();
  await database.drop();
});
beforeEach(async () => {
  const person = { givenName: 'Camille', email: `${newId('evt')}@example.fr`, locale: 'fr-FR' };
  const asked = { ...person, idempotencyKey: newId('evt'), programId: house.programId };
  const enrolled = await enrollConsumer(house, staffOf(house.merchantId), asked);
  const holder = [...house.ledger.holders.values()].find(
    ({ opened }) => toUuid(opened.holderId, 'wal') === enrolled.walletId,
  );
  walletId = holder?.opened.holderId ?? '';
  consumerId = holder?.opened.consumerId ?? '';
});
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.unsubscribe()));
  await waitUntil(() => house.hub.watcherCount === 0, 'every watcher has left');
});

async function watch(after?: string, caller: Caller = consumer(consumerId), document = query): Promise<Stream> {
  const stream = subscribe(house.url, await house.identityOf(caller), document, { walletId, after });
  streams.push(stream);
  return stream;
}
/** Commits one change in the ledger. */
const post = (points = 1n) => readBalanceChange(house.ledger.post(walletId, points));
/** Brings changes as the feed does. */
async function feed(...changes: BalanceChange[]) {
  await applyFeedBatch(house, changes);
}
const versionsOf = (changes: StreamedChange[]) => changes.map(({ version }) => Number(version));

test('the first event is the state now, and every newer change follows once and in order', async () => {
  await feed(post(), post());
  const stream = await watch();
  expect(await stream.next()).toMatchObject({
    version: '2',
    kind: 'SNAPSHOT',
    skipped: 0,
    transaction: null,
    balances: [{ posted: '2' }],
  });
  for (let change = 0; change < 50; change += 1) await feed(post());
  const changes = await stream.take(50);
  expect(versionsOf(changes)).toEqual(Array.from({ length: 50 }, (_, index) => index + 3));
  expect(changes.every(({ kind, skipped }) => kind === 'EARN' && skipped === 0)).toBe(true);
});

test('the wallet that is read with an event is never older than the event', async () => {
  const stream = await watch();
  await stream.next();
  for (let change = 0; change < 30; change += 1) {
    void feed(post()).catch(() => stream.cut());
    const { version, balances, wallet } = await stream.next();
    expect(Number(wallet.version)).toBeGreaterThanOrEqual(Number(version));
    expect(Number(wallet.balances[0].posted)).toBeGreaterThanOrEqual(Number(balances[0].posted));
  }
});

test('who comes back with a cursor gets what was missed, then the live changes, with no gap and no repeat', async () => {
  const first = await watch();
  await first.next();
  await feed(post());
  const { cursor } = await first.next();
  await first.unsubscribe();
  for (let change = 0; change < 20; change += 1) await feed(post());

  const second = await watch(cursor);
  const missed = await second.take(20);
  await feed(post(), post());
  const changes = [...missed, ...(await second.take(2))];
  expect(versionsOf(changes)).toEqual(Array.from({ length: 22 }, (_, index) => index + 2));
  expect(changes.every(({ skipped }) => skipped === 0)).toBe(true);
});

test('changes that the feed brings while the past is read are neither lost nor doubled', async () => {
  for (let change = 0; change < 5; change += 1) await feed(post());
  let isReading = false;
  house.ledger.beforeAnswer = async () => {
    isReading = true;
    house.ledger.beforeAnswer = () => undefined;
    await feed(post(), post());
  };
  const stream = await watch(writeCursor(toUuid(walletId, 'wal'), 3n));
  const changes = await stream.take(4);
  expect(isReading).toBe(true);
  await feed(post());
  expect(versionsOf([...changes, await stream.next()])).toEqual([4, 5, 6, 7, 8]);
});

test('more than 1,000 missed changes come as one snapshot that says how many it skips', async () => {
  const cursor = writeCursor(toUuid(walletId, 'wal'), 0n);
  for (let change = 0; change < 1_001; change += 1) post();
  const stream = await watch(cursor);
  expect(await stream.next()).toMatchObject({
    version: '1001',
    kind: 'SNAPSHOT',
    skipped: 1_000,
    balances: [{ posted: '1001' }],
  });
  await feed(post());
  expect(await stream.next()).toMatchObject({ version: '1002', skipped: 0 });
});

test('a live version that jumps is filled from the ledger before the stream goes on', async () => {
  const stream = await watch();
  await stream.next();
  post();
  post();
  await feed(post());
  expect(versionsOf(await stream.take(3))).toEqual([1, 2, 3]);
});

test('a gap that cannot be filled is told as skipped versions, and logged', async () => {
  const stream = await watch();
  await stream.next();
  house.ledger.beforeAnswer = () => Promise.reject(new Error('the ledger is away'));
  post();
  await feed(post());
  expect(await stream.next()).toMatchObject({ version: '2', skipped: 1 });
  house.ledger.beforeAnswer = () => undefined;
  expect(house.logged.some((line) => line.includes('a gap could not be filled'))).toBe(true);
});

test('a client that stops reading costs the server a queue of 64, and ends on the newest change', async () => {
  // Large events fill the buffers of the system soon.
  const copies = Array.from(
    { length: 300 },
    (_, index) => `copy${index}: balances { asset { code } posted pending held available }`,
  );
  const large = query.replace('kind', `kind ${copies.join(' ')}`);
  const slow = await watch(undefined, consumer(consumerId), large);
  const quick = await watch();
  await Promise.all([slow.next(), quick.next()]);
  slow.pause();
  const count = 400;
  for (let change = 0; change < count; change += 1) {
    await feed(post());
    await quick.next();
  }
  slow.resume();
  const received: StreamedChange[] = [];
  while (received.at(-1)?.version !== `${count}`) received.push(await slow.next());
  expect(received.length).toBeLessThan(count);
  let last = 0;
  for (const { version, skipped } of received) {
    expect(Number(version)).toBe(last + skipped + 1);
    last = Number(version);
  }
});

test('leaving a quiet stream, in order or by a cut, frees its place at once', async () => {
  const [polite, rude] = [await watch(), await watch()];
  await Promise.all([polite.next(), rude.next()]);
  expect(house.hub.watcherCount).toBe(2);
  await polite.unsubscribe();
  await waitUntil(() => house.hub.watcherCount === 1, 'the polite watcher has left', 1_000);
  rude.cut();
  await waitUntil(() => house.hub.watcherCount === 0, 'the rude watcher has left', 1_000);
});

const codeOf = async (stream: Stream) => {
  const failure = await stream.next().then(
    () => undefined,
    (error: unknown) => error,
  );
  const errors = Array.isArray(failure) ? failure : (failure as { errors?: unknown[] } | undefined)?.errors;
  return errors?.[0] as { extensions: { code: string }; message: string } | undefined;
};

test('who may not see the wallet is refused before anything is joined, with one answer for foreign and absent', async () => {
  const outsiders = [nobody, consumer(newId('con')), staffOf(newId('mer')), partnerOf(house.merchantId, 'points:earn')];
  const answers = [];
  for (const caller of outsiders) answers.push(await codeOf(await watch(undefined, caller)));
  walletId = newId('wal');
  answers.push(await codeOf(await watch()));
  walletId = 'nonsense';
  answers.push(await codeOf(await watch()));
  for (const answer of answers) expect(answer).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  expect(new Set(answers.map((answer) => answer?.message)).size).toBe(1);
  expect(house.hub.watcherCount).toBe(0);
});

test('staff of the merchant and partners that may read wallets watch too', async () => {
  for (const caller of [staffOf(house.merchantId), partnerOf(house.merchantId, 'wallets:read')]) {
    expect(await (await watch(undefined, caller)).next()).toMatchObject({ kind: 'SNAPSHOT' });
  }
});

test('a cursor that is malformed, of another wallet or ahead of the ledger is BAD_USER_INPUT', async () => {
  const cursors = ['nonsense', writeCursor(toUuid(newId('wal'), 'wal'), 0n), writeCursor(toUuid(walletId, 'wal'), 1n)];
  for (const cursor of cursors)
    expect(await codeOf(await watch(cursor))).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
});

test('an identity that has expired, or is none, opens no stream', async () => {
  const stream = subscribe(house.url, 'nonsense', query, { walletId });
  streams.push(stream);
  expect(await codeOf(stream)).toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
});
