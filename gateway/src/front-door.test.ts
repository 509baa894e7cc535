import { rename, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { open, send, until } from './testing/client.ts';
import { composeSupergraph, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let system: TestGateway;
let cashier: string;
beforeEach(async () => {
  system = await startTestGateway();
  cashier = await system.provider.token('camille');
});
afterEach(() => system?.stop());

const overview = '{ merchant(id: "mer_1") { name wallet { id version merchant { name } } } }';

describe('an operation over several subgraphs', () => {
  test('is answered with the caller that every subgraph accepts', async () => {
    const answer = await send(system.url, cashier, overview);
    expect(answer.data).toEqual({
      merchant: { name: 'Merchant mer_1', wallet: { id: 'wal_1', version: '0', merchant: { name: 'Merchant mer_1' } } },
    });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('keeps its answer while a subgraph is dead, and names the fields that are missing', async () => {
    await system.wallet.subgraph.kill();
    const answer = await send(
      system.url,
      cashier,
      `{ merchant(id: "mer_1") { name wallet { version } } w: wallet(id: "wal_1") { id } }`,
    );
    expect(answer).toMatchObject({
      status: 200,
      data: { merchant: { name: 'Merchant mer_1', wallet: null }, w: null },
    });
    const missing = answer.errors?.map(({ path, extensions }) => [path?.join('.'), extensions.code]);
    expect(missing?.toSorted()).toEqual([
      ['merchant.wallet', 'SUBGRAPH_UNAVAILABLE'],
      ['w', 'SUBGRAPH_UNAVAILABLE'],
    ]);
    expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|"wallet":"wallet"|serviceName/);
    await system.wallet.subgraph.start();
    expect((await send(system.url, cashier, overview)).errors).toBeUndefined();
  });

  test('is a mutation sent once, whatever becomes of it', async () => {
    await send(system.url, cashier, 'mutation { earn(input: { amountMinor: 5 }) { amountMinor } }');
    expect(system.merchant.subgraph.requests.filter(({ query }) => query.includes('earn'))).toHaveLength(1);
    await system.merchant.subgraph.kill();
    const answer = await send(system.url, cashier, 'mutation { earn(input: { amountMinor: 5 }) { amountMinor } }');
    expect(answer).toMatchObject({
      data: { earn: null },
      errors: [{ path: ['earn'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
    });
  });

  test('that lacks a field which may not be null says so', async () => {
    const answer = await send(system.url, cashier, '{ missing { always } }');
    expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR' } });
    expect(answer.data).toEqual({ missing: null });
  });
});

describe('an error of a subgraph', () => {
  test.each(['FORBIDDEN', 'BAD_USER_INPUT', 'OVERLOADED'])(
    '%s passes with its message and nothing else',
    async (code) => {
      const { errors, text } = await send(system.url, cashier, `{ refusal(code: "${code}") }`);
      expect(errors).toEqual([{ message: 'A message for the client.', path: ['refusal'], extensions: { code } }]);
      expect(text).not.toContain('canary');
    },
  );

  test.each(['{ fault }', '{ refusal(code: "SOMETHING_ELSE") }'])(
    'of another kind is masked and logged once: %s',
    async (query) => {
      const overHttp = await send(system.url, cashier, query);
      const socket = open(system.webSocketUrl, cashier, query);
      await until(() => socket.ended.length > 0, 'the socket answers');
      for (const errors of [overHttp.errors, socket.events[0]?.errors]) {
        expect(errors).toEqual([
          {
            message: 'The platform failed to answer. The fault was recorded.',
            path: [expect.any(String)],
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
          },
        ]);
        const requestId = String((errors?.[0]?.extensions as { requestId?: string } | undefined)?.requestId);
        expect(system.logged.filter((line) => line.includes(requestId))).toHaveLength(1);
      }
      await socket.close();
    },
  );

  test('without an answer that can be read is masked', async () => {
    const { data, errors } = await send(system.url, cashier, '{ refusal(code: "UNAUTHENTICATED") }');
    expect(data).toEqual({ refusal: null });
    expect(errors?.[0]).toMatchObject({
      message: 'A valid token or partner key is needed.',
      extensions: { code: 'UNAUTHENTICATED' },
    });
  });
});

describe('the probes', () => {
  const probe = async (path: string) => (await fetch(new URL(path, system.url))).status;

  test('tell a live and ready gateway, also while a subgraph is dead', async () => {
    await system.wallet.subgraph.kill();
    expect([await probe('/health/live'), await probe('/health/ready'), await probe('/elsewhere')]).toEqual([
      200, 200, 404,
    ]);
  });
});

describe('a changed supergraph', () => {
  /** As a deployment does it: the new file takes the place of the old one. */
  async function replaceSupergraph(text: string): Promise<void> {
    await writeFile(`${system.supergraphFile}.new`, text);
    await rename(`${system.supergraphFile}.new`, system.supergraphFile);
  }
  const { wallet, merchant } = { wallet: () => system.wallet.subgraph, merchant: () => system.merchant.subgraph };
  const changed = () =>
    composeSupergraph([
      wallet(),
      { name: 'merchant', typeDefs: merchant().typeDefs.replace('caller: String', 'caller: String added: String') },
    ]);
  const hasField = async (field: string) =>
    (await send(system.url, cashier, `{ __type(name: "Query") { fields { name } } }`)).text.includes(`"${field}"`);

  test('is met by new requests, and fails none', async () => {
    const slow = send(system.url, cashier, '{ slow(milliseconds: 1500) }');
    const codes = new Set<unknown>();
    await replaceSupergraph(changed());
    for (const deadline = performance.now() + 5_000; !(await hasField('added')); ) {
      expect(performance.now()).toBeLessThan(deadline);
      codes.add((await send(system.url, cashier, overview)).errors);
    }
    expect(codes).toEqual(new Set([undefined]));
    expect((await slow).data).toEqual({ slow: 'done' });
  });

  test('ends live subscriptions with the code for it', async () => {
    const operation = open(
      system.webSocketUrl,
      cashier,
      'subscription { balanceChanged(walletId: "wal_1") { version } }',
    );
    await until(() => operation.events.length > 0, 'the first event comes');
    await replaceSupergraph(changed());
    await until(() => operation.ended.length > 0, 'the subscription ends');
    expect(operation.code()).toBe('SUBSCRIPTION_SCHEMA_RELOAD');
    await until(() => system.wallet.watchers.size === 0, 'the upstream ends');
    await operation.close();
  });

  test.each([
    ['no supergraph', () => 'type Query {'],
    [
      'a security link that nobody enforces',
      () => changed().replace('specs.apollo.dev/authenticated/', 'specs.apollo.dev/policy/'),
    ],
    ['a subgraph without an address', () => changed().replaceAll('"merchant"', '"elsewhere"')],
  ])('that is %s is refused, and the old one goes on', async (_name, text) => {
    await replaceSupergraph(text());
    await until(() => system.logged.some((line) => line.includes('cannot be served')), 'the refusal is logged');
    expect((await send(system.url, cashier, overview)).errors).toBeUndefined();
  });
});

describe('the drain', () => {
  test('finishes what is in flight, over HTTP and on a socket, and closes sockets with 1001', async () => {
    const query = '{ slow(milliseconds: 300) }';
    const overHttp = send(system.url, cashier, query);
    const onSocket = open(system.webSocketUrl, cashier, query);
    const quiet = open(system.webSocketUrl, cashier, 'subscription { balanceChanged(walletId: "wal_1") { version } }');
    const asked = () => system.merchant.subgraph.requests.filter((request) => request.query.includes('slow')).length;
    await until(() => asked() === 2 && quiet.events.length === 1, 'everything is in flight');

    const startedAt = performance.now();
    await system.gateway.stop();
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect((await overHttp).data).toEqual({ slow: 'done' });
    expect(onSocket.events[0]?.data).toEqual({ slow: 'done' });
    await until(() => quiet.ended.length > 0, 'the subscription ends');
    expect(quiet.ended[0]?.close).toMatchObject({ code: 1001 });
    expect(system.wallet.watchers.size).toBe(0);
  });

  test('of an idle gateway takes less than half a second', async () => {
    await send(system.url, cashier, overview);
    const startedAt = performance.now();
    await system.gateway.stop();
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test('leaves the port to the next one, which says what to set when it is taken', async () => {
    const taken = startTestGateway({ GATEWAY_PORT: String(system.gateway.port) });
    await expect(taken).rejects.toThrow(`Port ${system.gateway.port} is taken: set GATEWAY_PORT to a free port.`);
  });
});
