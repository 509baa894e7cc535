import { createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type OpenOperation, open, send, until } from '../testing/client.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';

let system: TestGateway;
let cashier: string;
const opened: OpenOperation[] = [];

beforeEach(async () => {
  system = await startTestGateway();
  cashier = await system.provider.token('camille');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((operation) => operation.close()));
  await system?.stop();
});

const selection = 'version cursor skipped kind wallet { version merchant { name } }';

interface WatchOptions {
  after?: string;
  token?: string;
  fields?: string;
  walletId?: string;
}

function watch({ after, token = cashier, fields = selection, walletId = 'wal_1' }: WatchOptions = {}): OpenOperation {
  const query = `subscription ($walletId: ID!, $after: String) { balanceChanged(walletId: $walletId, after: $after) { ${fields} } }`;
  const operation = open(system.webSocketUrl, token, query, { walletId, after });
  opened.push(operation);
  return operation;
}

function post(count: number, options?: { isSilent: boolean }): void {
  for (let posted = 0; posted < count; posted += 1) system.wallet.post('wal_1', options);
}

type Seen = { version: string; skipped: number; kind: string };
const seen = ({ events }: OpenOperation, name = 'balanceChanged') => events.map(({ data }) => data?.[name] as Seen);
const versions = (operation: OpenOperation) => seen(operation).map(({ version }) => Number(version));
const upTo = (operation: OpenOperation, version: number, timeoutMs?: number) =>
  until(
    () => versions(operation).at(-1) === version,
    `version ${version} comes; seen: ${versions(operation).slice(-5)}`,
    timeoutMs,
  );
/** A hundred megabytes of events were kept for a client that did not read. */
const slowTimeoutMs = 20_000;
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_none, index) => from + index);

/** Every step in the versions must be told as skipped, and none may come twice or go back. */
function expectNoSilentGap(operation: OpenOperation): void {
  const changes = seen(operation);
  for (const [index, change] of changes.entries()) {
    const before = changes[index - 1];
    if (before) expect(Number(change.version)).toBe(Number(before.version) + change.skipped + 1);
  }
}

describe('a subscription over several subgraphs', () => {
  test('begins with one snapshot and goes on with every change, in order, with the fields of all subgraphs', async () => {
    post(3);
    const operation = watch();
    await upTo(operation, 3);
    post(20);
    await upTo(operation, 23);
    expect(versions(operation)).toEqual(range(3, 23));
    expect(operation.events[0]?.data?.balanceChanged).toEqual({
      version: '3',
      cursor: 'cursor-3',
      skipped: 0,
      kind: 'SNAPSHOT',
      wallet: { version: '3', merchant: { name: 'Merchant mer_1' } },
    });
    expect(operation.events.at(-1)?.data?.balanceChanged).toMatchObject({
      kind: 'EARN',
      wallet: { merchant: { name: 'Merchant mer_1' } },
    });
  });

  test('serves aliases, fragments and conditions as the client wrote them', async () => {
    const query = `subscription Watch($id: ID!, $all: Boolean!) { mine: balanceChanged(walletId: $id) { ...Change left: skipped v: version } }
      fragment Change on BalanceChange { ... @include(if: $all) { wallet { m: merchant { n: name } } } kind }`;
    const operation = open(system.webSocketUrl, cashier, query, { id: 'wal_1', all: true });
    opened.push(operation);
    await until(() => operation.events.length === 1, 'the snapshot comes');
    expect(operation.events[0]).toEqual({
      data: { mine: { wallet: { m: { n: 'Merchant mer_1' } }, kind: 'SNAPSHOT', left: 0, v: '0' } },
    });
  });

  test('shares one upstream and one answer per event between 200 clients', async () => {
    const clients = Array.from({ length: 200 }, () => watch());
    await until(() => clients.every(({ events }) => events.length === 1), 'all have the snapshot', 20_000);
    expect(system.wallet.opened).toBe(1);

    const asked = system.merchant.subgraph.requests.length;
    post(5);
    await Promise.all(clients.map((client) => upTo(client, 5)));
    expect(system.merchant.subgraph.requests.length - asked).toBe(5);
    expect(clients.map(versions)).toEqual(clients.map(() => range(0, 5)));
  });

  test('never shares between identities', async () => {
    const other = watch({ token: await system.provider.token('alice') });
    const own = watch();
    await until(() => own.events.length + other.events.length === 2, 'both have the snapshot');
    expect(system.wallet.opened).toBe(2);
  });

  test('asks no other subgraph for a client that wants only the event', async () => {
    const operation = watch({ fields: 'version' });
    await upTo(operation, 0);
    post(3);
    await upTo(operation, 3);
    expect(system.merchant.subgraph.requests).toEqual([]);
  });

  test('goes on when the other subgraph is dead, with what is missing named', async () => {
    const operation = watch();
    await upTo(operation, 0);
    await system.merchant.subgraph.kill();
    post(1);
    await upTo(operation, 1);
    expect(operation.events.at(-1)).toMatchObject({
      data: { balanceChanged: { version: '1', wallet: { merchant: null } } },
      errors: [{ path: ['balanceChanged', 'wallet', 'merchant'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
    });
    await system.merchant.subgraph.start();
    post(1);
    await upTo(operation, 2);
    expect(operation.events.at(-1)?.errors).toBeUndefined();
  });
});

describe('a client that comes back', () => {
  test('gets what it missed and then the live changes', async () => {
    post(30);
    const operation = watch({ after: 'cursor-10' });
    await upTo(operation, 30);
    post(5);
    await upTo(operation, 35);
    expect(versions(operation)).toEqual(range(11, 35));
    expect(new Set(seen(operation).map(({ kind }) => kind))).toEqual(new Set(['EARN']));
    expectNoSilentGap(operation);
  });

  test('and missed nothing waits for the next change', async () => {
    post(10);
    const operation = watch({ after: 'cursor-10' });
    await until(() => system.wallet.watchers.size === 1, 'the stream is open');
    post(1);
    await upTo(operation, 11);
    expect(versions(operation)).toEqual([11]);
  });

  test('meets no gap and no repeat while changes go on', async () => {
    post(50);
    const live = watch({ fields: 'version skipped kind' });
    await upTo(live, 50);
    const resumed = watch({ after: 'cursor-1', fields: 'version skipped kind' });
    for (let round = 0; round < 20; round += 1) {
      post(2);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await upTo(resumed, 90);
    expect(versions(resumed)).toEqual(range(2, 90));
  });

  test('after more than a page gets one change that says how many it skipped', async () => {
    post(1_500);
    const operation = watch({ after: 'cursor-10' });
    await upTo(operation, 1_500);
    post(1);
    await upTo(operation, 1_501);
    expect(seen(operation).map(({ version, skipped }) => [version, skipped])).toEqual([
      ['1500', 1_489],
      ['1501', 0],
    ]);
  });

  test('after exactly a page gets every change', async () => {
    post(1_010);
    const operation = watch({ after: 'cursor-10', fields: 'version skipped' });
    await upTo(operation, 1_010);
    expect(versions(operation)).toEqual(range(11, 1_010));
  });

  test('with a malformed cursor is told so', async () => {
    const operation = watch({ after: 'nonsense' });
    await until(() => operation.ended.length > 0, 'the subscription ends');
    expect(operation.code()).toBe('BAD_USER_INPUT');
    expect(operation.ended[0]?.errors?.[0]?.message).toBe('That cursor is malformed.');
    await until(() => system.wallet.watchers.size === 0, 'the upstream ends');
  });
});

describe('a gap', () => {
  test('in the stream is filled before anything newer is sent', async () => {
    const operation = watch();
    await upTo(operation, 0);
    post(1);
    post(7, { isSilent: true });
    post(2);
    await upTo(operation, 10);
    expect(versions(operation)).toEqual(range(0, 10));
    expectNoSilentGap(operation);
  });

  test('that was filled further than the stream had come is not told as skipped when the stream goes on', async () => {
    const operation = watch();
    await upTo(operation, 0);
    post(7, { isSilent: true });
    post(1);
    post(3, { isSilent: true });
    await upTo(operation, 11);
    post(1);
    await upTo(operation, 12);
    expect(versions(operation)).toEqual(range(0, 12));
    expectNoSilentGap(operation);
  });

  test('left by a subgraph that was killed is filled when it is back', async () => {
    const operation = watch();
    await upTo(operation, 0);
    for (let kills = 1; kills <= 3; kills += 1) {
      await system.wallet.subgraph.kill();
      post(10);
      await system.wallet.subgraph.start();
      post(1);
      await upTo(operation, kills * 11);
    }
    expect(versions(operation)).toEqual(range(0, 33));
    expect(
      seen(operation)
        .slice(1)
        .every(({ kind, skipped }) => kind === 'EARN' && skipped === 0),
    ).toBe(true);
    expect(operation.ended).toEqual([]);
  });

  test('wider than a page is told as skipped', async () => {
    const operation = watch();
    await upTo(operation, 0);
    post(1_200, { isSilent: true });
    post(1);
    await upTo(operation, 1_201);
    expect(seen(operation).map(({ version, skipped }) => [version, skipped])).toEqual([
      ['0', 0],
      ['1201', 1_200],
    ]);
  });
});

describe('a slow client', () => {
  test('gets the newest change, which says how many it skipped, and costs the others nothing', {
    timeout: 60_000,
  }, async () => {
    // Far more than the buffers of two kernels hold.
    const slow = watch({ fields: 'version skipped wallet { filler(size: 50000) }' });
    const fast = watch();
    await until(() => slow.events.length === 1 && fast.events.length === 1, 'both have the snapshot');
    slow.socket().pause();
    for (let round = 1; round <= 50; round += 1) {
      post(50);
      await upTo(fast, round * 50);
    }
    expect(versions(fast)).toEqual(range(0, 2_500));
    slow.socket().resume();
    await upTo(slow, 2_500, slowTimeoutMs);
    expectNoSilentGap(slow);
    expect(slow.events.length).toBeLessThan(2_250);
  });
});

describe('the upstream', () => {
  test('ends at once with the last client of a quiet stream', async () => {
    const [one, two] = [watch(), watch()];
    await until(() => one.events.length + two.events.length === 2, 'both have the snapshot');
    one.unsubscribe();
    post(1);
    await upTo(two, 1);
    const startedAt = performance.now();
    two.unsubscribe();
    await until(() => system.wallet.watchers.size === 0, 'the upstream ends', 1_000);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('ends with a client that dies', async () => {
    const operation = watch();
    await upTo(operation, 0);
    operation.socket().terminate();
    await until(() => system.wallet.watchers.size === 0, 'the upstream ends', 1_000);
  });

  test('that is refused tells the client why, and is not asked for again', async () => {
    const operation = watch({ walletId: 'foreign' });
    await until(() => operation.ended.length > 0, 'the subscription ends');
    expect(operation.code()).toBe('FORBIDDEN');
    expect(system.wallet.opened).toBe(0);
  });

  test('that cannot be reached is waited for while a restart takes', async () => {
    await system.wallet.subgraph.kill();
    const operation = watch();
    await system.wallet.subgraph.start();
    await upTo(operation, 0);
  });

  test('that stays away is told as such', async () => {
    await system.wallet.subgraph.kill();
    const operation = watch();
    await until(() => operation.ended.length > 0, 'the subscription ends', 15_000);
    expect(operation.code()).toBe('SUBGRAPH_UNAVAILABLE');
  }, 20_000);
});

describe('a socket', () => {
  test('carries queries, mutations and subscriptions side by side', async () => {
    const client = createClient({
      url: system.webSocketUrl,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${cashier}` },
    });
    const stream = client.iterate({ query: 'subscription { balanceChanged(walletId: "wal_1") { version } }' });
    expect((await stream.next()).value).toEqual({ data: { balanceChanged: { version: '0' } } });
    for (const query of [
      '{ balanceOf(id: "wal_1") { id } }',
      'mutation { earn(input: { amountMinor: 3 }) { amountMinor } }',
    ]) {
      const { value } = await client.iterate({ query }).next();
      expect(value?.errors).toBeUndefined();
    }
    for (const query of ['{ unknown }', '{ broken(']) {
      await expect(client.iterate({ query }).next()).rejects.toMatchObject([
        { extensions: { code: expect.any(String) } },
      ]);
    }
    post(1);
    expect((await stream.next()).value).toEqual({ data: { balanceChanged: { version: '1' } } });
    await client.dispose();
  });

  test('has a limit of operations', async () => {
    const client = createClient({
      url: system.webSocketUrl,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${cashier}` },
    });
    const query = 'subscription { balanceChanged(walletId: "wal_1") { version } }';
    const streams = Array.from({ length: 50 }, () => client.iterate({ query }));
    await Promise.all(streams.map((stream) => stream.next()));
    await expect(client.iterate({ query }).next()).rejects.toMatchObject([
      { extensions: { code: 'SUBSCRIPTION_LIMIT' } },
    ]);
    expect(system.wallet.opened).toBe(1);
    await client.dispose();
  });

  test('closes when its token ends, with the code that makes clients come back with a new one', async () => {
    const operation = watch({ token: await system.provider.token('camille', { expiresInS: -3 }) });
    await upTo(operation, 0);
    await until(() => operation.ended.length > 0, 'the socket closes', 5_000);
    expect(operation.ended[0]?.close).toMatchObject({ code: 4403, reason: 'TOKEN_EXPIRED' });
    await until(() => system.wallet.watchers.size === 0, 'the upstream ends');
  });

  test('without a token is closed soon after it was told', async () => {
    const operation = open(system.webSocketUrl, undefined, '{ balanceOf(id: "wal_1") { id } }');
    await until(() => operation.ended.length > 0, 'the answer comes');
    expect(operation.code()).toBe('UNAUTHENTICATED');
    const silent = new WebSocket(system.webSocketUrl, 'graphql-transport-ws');
    const closed = new Promise((resolve) => silent.once('close', resolve));
    silent.once('open', () => silent.send(JSON.stringify({ type: 'connection_init' })));
    expect(await closed).toBe(4401);
    await operation.close();
  }, 10_000);

  test.each<[string, (socket: WebSocket) => void, number]>([
    ['nonsense', (socket) => socket.send('nonsense'), 4400],
    [
      'an operation before the introduction',
      (socket) => socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ caller }' } })),
      4401,
    ],
    [
      'a second introduction',
      (socket) => [1, 2].map(() => socket.send(JSON.stringify({ type: 'connection_init' }))),
      4429,
    ],
  ])('that sends %s is closed with the code of the protocol', async (_name, act, code) => {
    const socket = new WebSocket(system.webSocketUrl, 'graphql-transport-ws');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.once('open', () => act(socket));
    expect(await closed).toBe(code);
  });

  test('is refused at another path', async () => {
    const socket = new WebSocket(system.webSocketUrl.replace('graphql', 'elsewhere'), 'graphql-transport-ws');
    const failure = new Promise((resolve) => socket.once('error', resolve));
    expect(await failure).toMatchObject({ message: expect.stringContaining('404') });
  });

  test('whose client sees the wallet sees it at the version of the event', async () => {
    post(4);
    const operation = watch();
    await upTo(operation, 4);
    const { data } = await send(system.url, cashier, '{ balanceOf(id: "wal_1") { version } }');
    expect(data).toEqual({ balanceOf: { version: '4' } });
  });
});
