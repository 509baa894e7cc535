import { request } from 'node:http';
import { getIntrospectionQuery } from 'graphql';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailureCode } from './errors/catalogue.ts';
import { requestBytesMax } from './limits/limits.ts';
import { type Answer, open, send, sendBody, until } from './testing/client.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

interface Case {
  name: string;
  query: string;
  variables?: Record<string, unknown>;
  token?: keyof typeof tokens;
  code: FailureCode;
  status: number;
}

let system: TestGateway;
const tokens = {
  cashier: '',
  expired: '',
  foreign: '',
  otherAudience: '',
  otherIssuer: '',
  unknownPartner: '',
  malformed: '',
  none: '',
};

beforeAll(async () => {
  system = await startTestGateway();
  const { token } = system.provider;
  tokens.cashier = await token('camille');
  tokens.expired = await token('camille', { expiresInS: -60 });
  tokens.foreign = await token('camille', { isForeign: true });
  tokens.otherAudience = await token('camille', { audience: 'somebody-else' });
  tokens.otherIssuer = await token('camille', { issuer: 'https://elsewhere.example' });
  tokens.unknownPartner = 'lpk_unknown';
  tokens.malformed = 'not.a.token';
});
afterAll(() => system?.stop());

const wallet = '{ wallet(id: "wal_1") { id } }';
const echo = 'query ($amount: BigInt!, $at: DateTime, $count: Int) { echo(amount: $amount, at: $at, count: $count) }';
const nested = (levels: number) =>
  `{ merchant(id: "m") ${'{ wallet { merchant '.repeat(levels)}{ id }${' } }'.repeat(levels)} }`;
const fields = (count: number) => Array.from({ length: count }, (_none, index) => `f${index}: caller`).join(' ');

const cases: Case[] = [
  { name: 'no token', query: wallet, token: 'none', code: 'UNAUTHENTICATED', status: 401 },
  {
    name: 'no token, introspection',
    query: '{ __schema { queryType { name } } }',
    token: 'none',
    code: 'UNAUTHENTICATED',
    status: 401,
  },
  { name: 'a malformed token', query: wallet, token: 'malformed', code: 'UNAUTHENTICATED', status: 401 },
  { name: 'a foreign token', query: wallet, token: 'foreign', code: 'UNAUTHENTICATED', status: 401 },
  { name: 'a token for somebody else', query: wallet, token: 'otherAudience', code: 'UNAUTHENTICATED', status: 401 },
  { name: 'a token of another issuer', query: wallet, token: 'otherIssuer', code: 'UNAUTHENTICATED', status: 401 },
  { name: 'an unknown partner key', query: wallet, token: 'unknownPartner', code: 'UNAUTHENTICATED', status: 401 },
  { name: 'an expired token', query: wallet, token: 'expired', code: 'TOKEN_EXPIRED', status: 401 },
  { name: 'no GraphQL', query: '{ wallet(', code: 'GRAPHQL_PARSE_FAILED', status: 200 },
  { name: 'nothing at all', query: '', code: 'GRAPHQL_PARSE_FAILED', status: 200 },
  { name: 'an unknown field', query: '{ unknown }', code: 'GRAPHQL_VALIDATION_FAILED', status: 200 },
  {
    name: 'an alias that would change the prototype',
    query: '{ __proto__: caller }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    status: 200,
  },
  {
    name: "an alias that is the gateway's own",
    query: '{ _gatewayVersion: caller }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    status: 200,
  },
  {
    name: 'a fragment that spreads itself',
    query: '{ merchant(id: "m") { ...F } } fragment F on Merchant { wallet { merchant { ...F } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    status: 200,
  },
  {
    name: 'two operations and no name',
    query: 'query A { caller } query B { caller }',
    code: 'OPERATION_RESOLUTION_FAILURE',
    status: 200,
  },
  {
    name: 'too many tokens',
    query: `{ caller ${'# \n , caller '.repeat(2_001)} }`,
    code: 'QUERY_TOO_LARGE',
    status: 200,
  },
  { name: 'too many levels', query: nested(8), code: 'QUERY_TOO_DEEP', status: 200 },
  {
    name: 'too many levels in fragments',
    query: `{ merchant(id: "m") { ...F0 } } ${Array.from({ length: 8 }, (_none, index) => `fragment F${index} on Merchant { wallet { merchant { ${index < 7 ? `...F${index + 1}` : 'id'} } } }`).join(' ')}`,
    code: 'QUERY_TOO_DEEP',
    status: 200,
  },
  { name: 'too many root fields', query: `{ ${fields(21)} }`, code: 'QUERY_TOO_COMPLEX', status: 200 },
  {
    name: 'too many aliases',
    query: `{ merchant(id: "m") { ${Array.from({ length: 51 }, (_none, index) => `n${index}: name`).join(' ')} } }`,
    code: 'QUERY_TOO_COMPLEX',
    status: 200,
  },
  {
    name: 'fragments that multiply',
    query: `{ merchant(id: "m") { ...F0 } } ${Array.from({ length: 12 }, (_none, index) => `fragment F${index} on Merchant { ${index < 11 ? `...F${index + 1} ...F${index + 1}` : 'id'} }`).join(' ')}`,
    code: 'QUERY_TOO_COMPLEX',
    status: 200,
  },
  {
    name: 'a subscription whose field depends on a variable',
    query: 'subscription ($x: Boolean!) { balanceChanged(walletId: "wal_1") @skip(if: $x) { version } }',
    variables: { x: false },
    code: 'GRAPHQL_VALIDATION_FAILED',
    status: 200,
  },
  { name: 'a field for other scopes', query: '{ forPartners }', code: 'FORBIDDEN', status: 403 },
  ...['"abc"', '1.5', 'true', '"1.5"', '""', '[1]', '{ a: 1 }', 'ENUM', 'null'].map((literal) => ({
    name: `the literal ${literal} for an integer`,
    query: `{ echo(amount: ${literal}) }`,
    code: 'BAD_USER_INPUT' as const,
    status: 200,
  })),
  ...['abc', 1.5, true, '1.5', '', null, { a: 1 }, [1]].map((amount) => ({
    name: `the variable ${JSON.stringify(amount)} for an integer`,
    query: echo,
    variables: { amount },
    code: 'BAD_USER_INPUT' as const,
    status: 200,
  })),
  ...['yesterday', '2026-02-30T10:00:00Z', '2026-03-01', '2026-03-01T10:00:00', 5].map((at) => ({
    name: `${JSON.stringify(at)} for an instant`,
    query: echo,
    variables: { amount: 1, at },
    code: 'BAD_USER_INPUT' as const,
    status: 200,
  })),
  {
    name: 'too large an Int',
    query: echo,
    variables: { amount: 1, count: 2 ** 31 },
    code: 'BAD_USER_INPUT',
    status: 200,
  },
  { name: 'a missing variable', query: echo, variables: {}, code: 'BAD_USER_INPUT', status: 200 },
];

function expectNothingInside(text: string): void {
  expect(text).not.toMatch(/canary|stack|serviceName|127\.0\.0\.1|http:\/\/|node_modules|at .*\.ts/);
}

describe.each(cases)('$name', ({ query, variables, token = 'cashier', code, status }) => {
  test(`is ${code} over HTTP, before any subgraph is asked`, async () => {
    const asked = system.merchant.subgraph.requests.length + system.wallet.subgraph.requests.length;
    const answer = await send(system.url, tokens[token] || undefined, query, variables);
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toContain(code);
    expect(answer.data).toBeUndefined();
    expect(answer.status).toBe(status);
    expectNothingInside(answer.text);
    expect(system.merchant.subgraph.requests.length + system.wallet.subgraph.requests.length).toBe(asked);
  });

  test(`is ${code} over a socket, which stays open`, async () => {
    const operation = open(system.webSocketUrl, tokens[token] || undefined, query, variables);
    await until(() => operation.ended.length > 0, 'the operation ends');
    expect(operation.code()).toBe(code);
    expect(operation.ended[0]?.close).toBeUndefined();
    expectNothingInside(JSON.stringify([operation.ended, operation.events]));
    await operation.close();
  });
});

describe('integers', () => {
  const huge = '1000000000000000000000000000000';

  test.each([
    ['as a literal', `{ echo(amount: ${huge}) }`, '{}'],
    ['as a string literal', `{ echo(amount: "${huge}") }`, '{}'],
    ['as a variable', echo, `{ "amount": ${huge} }`],
    ['as a string', echo, `{ "amount": "${huge}" }`],
    ['as the default of a variable', `query ($amount: BigInt! = ${huge}) { echo(amount: $amount) }`, '{}'],
  ])('of any size reach the subgraph digit by digit, %s', async (_how, query, variables) => {
    const body = `{ "query": ${JSON.stringify(query)}, "variables": ${variables} }`;
    const { data } = await sendBody(system.url, body, { authorization: `Bearer ${tokens.cashier}` });
    expect(JSON.parse(String(data?.echo))).toMatchObject({ amount: huge });
  });

  test('beyond 2^53 are not rounded on a socket', async () => {
    const operation = open(system.webSocketUrl, tokens.cashier, '{ echo(amount: 9007199254740993) }');
    await until(() => operation.ended.length > 0, 'the answer comes');
    expect(operation.events[0]?.data?.echo).toContain('9007199254740993');
    await operation.close();
  });
});

describe('a body above the limit', () => {
  const large = JSON.stringify({ query: wallet, variables: { filler: 'x'.repeat(requestBytesMax) } });

  function expectTooLarge(answer: Answer): void {
    expect(answer.status).toBe(413);
    expect(answer.errors?.[0]?.extensions.code).toBe('PAYLOAD_TOO_LARGE');
  }

  test('is refused by its declared length', async () => {
    expectTooLarge(await sendBody(system.url, large, { authorization: `Bearer ${tokens.cashier}` }));
  });

  test('is refused while it streams, without a declared length', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(100_000));
    let chunks = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        chunks += 1;
        if (chunks > 30) controller.close();
        else controller.enqueue(chunk);
      },
    });
    expectTooLarge(await sendBody(system.url, body, { authorization: `Bearer ${tokens.cashier}` }));
  });

  test('closes a socket with the code for it', async () => {
    const operation = open(system.webSocketUrl, tokens.cashier, wallet, { filler: 'x'.repeat(requestBytesMax) });
    await until(() => operation.ended.length > 0, 'the socket closes');
    expect(operation.ended[0]?.close).toMatchObject({ code: 1009 });
    await operation.close();
  });
});

describe('HTTP', () => {
  const authorization = () => ({ authorization: `Bearer ${tokens.cashier}` });

  test('is spoken as GraphQL over HTTP asks', async () => {
    const audits = serverAudits({
      url: system.url,
      fetchFn: (url: string, init: RequestInit = {}) =>
        fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), ...authorization() } }),
    });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    const unmet = results.filter(({ status }) => status !== 'ok').map(({ name, status }) => `${status}: ${name}`);
    expect(unmet).toEqual([]);
    expect(results.length).toBeGreaterThan(50);
  });

  test.each(['[[[', 'a b', 'x:port'])('with the Host %j is refused, without a word of the inside', async (host) => {
    const { status, text } = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const sent = request(`${system.url}?query={caller}`, { headers: { ...authorization(), host } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
      });
      sent.on('error', reject).end();
    });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expectNothingInside(text);
  });

  test.each<[string, RequestInit, FailureCode, number]>([
    ['a simple GET', {}, 'REQUEST_NOT_PREFLIGHTED', 403],
    ['a simple POST', { method: 'POST', body: '{ "query": "{ caller }" }' }, 'UNSUPPORTED_MEDIA_TYPE', 415],
    ['a form', { method: 'POST', body: new URLSearchParams({ query: '{ caller }' }) }, 'UNSUPPORTED_MEDIA_TYPE', 415],
    ['another method', { method: 'PUT' }, 'METHOD_NOT_ALLOWED', 405],
    [
      'a preflight of a foreign page',
      { method: 'OPTIONS', headers: { origin: 'https://evil.example' } },
      'METHOD_NOT_ALLOWED',
      405,
    ],
  ])('%s is refused', async (_name, init, code, status) => {
    const response = await fetch(`${system.url}?query={caller}`, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
  });

  test('a mutation by GET is refused', async () => {
    const query = encodeURIComponent('mutation { earn(input: { amountMinor: 1 }) { amountMinor } }');
    const response = await fetch(`${system.url}?query=${query}`, { headers: authorization() });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });

  test('a subscription by POST is refused', async () => {
    const answer = await send(
      system.url,
      tokens.cashier,
      'subscription { balanceChanged(walletId: "wal_1") { version } }',
    );
    expect(answer).toMatchObject({ status: 405, errors: [{ extensions: { code: 'METHOD_NOT_ALLOWED' } }] });
  });

  test('GraphiQL is not there outside development', async () => {
    const response = await fetch(system.url, { headers: { accept: 'text/html' } });
    expect(await response.text()).not.toContain('<');
  });

  test('introspection answers whoever is known', async () => {
    const answer = await send(system.url, tokens.cashier, getIntrospectionQuery());
    expect(answer.errors).toBeUndefined();
    expect(answer.data?.__schema).toBeDefined();
  });
});
