import { type RequestOptions, request } from 'node:http';
import {
  createIdentitySigner,
  createIdentityVerifier,
  type IdentitySigner,
  identityHeader,
  internalKeySetSchema,
} from '@localplus/identity';
import { HealthState } from '@localplus/lifecycle';
import { createLogger } from '@localplus/logging';
import { createMetrics } from '@localplus/metrics';
import { type GraphQLError, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { createClient } from 'graphql-ws';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { bigIntScalar, type CallerContext, requestFailure, type SubgraphServer, startSubgraphServer } from './index.ts';

const schema = new GraphQLSchema({
  query: new GraphQLObjectType<unknown, CallerContext>({
    name: 'Query',
    fields: {
      whoAmI: { type: GraphQLString, resolve: (_source, _arguments, { caller }) => caller.kind },
      contextHas: { type: GraphQLString, resolve: (_source, _arguments, context) => Object.keys(context).join() },
      echo: {
        type: bigIntScalar,
        args: { value: { type: new GraphQLNonNull(bigIntScalar) } },
        resolve: (_source, { value }) => value,
      },
      bug: {
        type: GraphQLString,
        resolve: () => {
          throw new Error('canary: relation "secret" does not exist');
        },
      },
      forbidden: {
        type: GraphQLString,
        resolve: () => {
          throw requestFailure('FORBIDDEN', 'Only owners may do this.');
        },
      },
    },
  }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      count: {
        type: GraphQLString,
        subscribe: async function* () {
          yield { count: '1' };
          yield { count: '2' };
        },
      },
      refused: {
        type: GraphQLString,
        subscribe: () => {
          throw requestFailure('BAD_USER_INPUT', 'That cursor is malformed.');
        },
      },
    },
  }),
});

let server: SubgraphServer;
let signer: IdentitySigner;
const logged: string[] = [];

beforeEach(async () => {
  logged.length = 0;
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  signer = await createIdentitySigner({ ...(await exportJWK(privateKey)), kid: 'gateway' });
  const health = new HealthState();
  server = await startSubgraphServer({
    name: 'test',
    schema,
    bindAddress: '127.0.0.1',
    port: 0,
    health,
    metrics: createMetrics(createLogger('test')),
    verifier: createIdentityVerifier(
      internalKeySetSchema.parse({ keys: [{ ...(await exportJWK(publicKey)), kid: 'gateway' }] }),
    ),
    createContext: (caller) => ({ caller }),
    logger: createLogger('test', { write: (line: string) => void logged.push(line) }),
  });
});
afterEach(() => server.stop());

async function query(source: string, headers: Record<string, string>) {
  const response = await fetch(`http://127.0.0.1:${server.port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: source }),
  });
  return {
    status: response.status,
    body: (await response.json()) as {
      data?: Record<string, unknown>;
      errors?: { message: string; extensions: { code: string } }[];
    },
  };
}
const identified = async () => ({
  [identityHeader]: await signer.sign({ kind: 'partner', partnerId: 'prt_1', merchantId: 'mer_1', scopes: [] }),
});

test('a request without an internal identity is not answered', async () => {
  const { body } = await query('{ whoAmI }', {});
  expect(body.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  expect(body.data?.whoAmI).toBeUndefined();
});

test('metrics are told in the format of Prometheus, and to whoever reaches the port', async () => {
  const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await answer.text()).toContain('localplus_metrics_unread_total');
});

/** Sends a request as no well-behaved client would. */
function sendRaw(options: RequestOptions, body?: string): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`http://127.0.0.1:${server.port}/graphql?query={whoAmI}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    if (body !== undefined) sent.write(body);
    sent.end();
  });
}

test('a request whose Host header is malformed is refused, without a stack trace', async () => {
  const { status, text } = await sendRaw({ headers: { host: '[[[' } });
  expect(status).toBe(400);
  expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(text).not.toMatch(/node_modules|at /);
});

test.each([
  ['of unknown length', 411, { 'transfer-encoding': 'chunked' }],
  ['that is too long', 413, { 'content-length': 10_000_001 }],
] as const)('a body %s is refused before it is read', async (_what, expected, headers) => {
  const { status, text } = await sendRaw({ method: 'POST', headers: { ...headers, ...(await identified()) } }, '{');
  expect(status).toBe(expected);
  expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});

test('resolvers see the caller whom the gateway vouched for', async () => {
  expect((await query('{ whoAmI }', await identified())).body.data).toEqual({ whoAmI: 'partner' });
});

test('what resolvers get does not hold the HTTP request', async () => {
  expect((await query('{ contextHas }', await identified())).body.data).toEqual({ contextHas: 'caller' });
});

test('a fault is masked for the client and logged once with its cause', async () => {
  const { body } = await query('{ bug }', await identified());
  expect(body.errors?.[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
  expect(JSON.stringify(body)).not.toMatch(/canary/);
  expect(logged.filter((line) => line.includes('canary'))).toHaveLength(1);
});

test('a failure with a code of the catalogue reaches the client', async () => {
  const { body } = await query('{ forbidden }', await identified());
  expect(body.errors?.[0]).toMatchObject({ message: 'Only owners may do this.', extensions: { code: 'FORBIDDEN' } });
});

test('integers above 2^53 pass, what is none is BAD_USER_INPUT', async () => {
  expect((await query('{ echo(value: "9223372036854775807") }', await identified())).body.data).toEqual({
    echo: '9223372036854775807',
  });
  for (const literal of ['"1.5"', '1.5', '"abc"', 'true', '""']) {
    expect((await query(`{ echo(value: ${literal}) }`, await identified())).body.errors?.[0]?.extensions.code).toBe(
      'BAD_USER_INPUT',
    );
  }
});

function stream(source: string, token: string | undefined) {
  const client = createClient({
    url: `ws://127.0.0.1:${server.port}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: token ? { [identityHeader]: token } : {},
    retryAttempts: 0,
  });
  return { events: client.iterate({ query: source }), close: () => client.dispose() };
}

test('a subscription streams to an identified caller and to no other', async () => {
  const { events, close } = stream('subscription { count }', (await identified())[identityHeader]);
  const counts: unknown[] = [];
  for await (const event of events) counts.push(event.data?.count);
  expect(counts).toEqual(['1', '2']);
  await close();

  const anonymous = stream('subscription { count }', undefined);
  const failure = await anonymous.events.next().catch((error: unknown) => error);
  expect(failure).toEqual([
    expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } }),
  ]);
  await anonymous.close();
});

test('a refused subscription says why and leaves the socket open', async () => {
  const { events, close } = stream('subscription { refused }', (await identified())[identityHeader]);
  const failure = await events.next().catch((error: unknown) => error);
  const errors = (
    Array.isArray(failure) ? failure : (failure as { value: { errors: GraphQLError[] } }).value.errors
  ) as GraphQLError[];
  expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  await close();
});

test('an idle server is closed within half a second', async () => {
  await query('{ whoAmI }', await identified());
  const startedAt = performance.now();
  await server.stop();
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test('a taken port is one error, and nothing is printed', async () => {
  const printed = vi.spyOn(console, 'error');
  const options = { name: 'second', schema, bindAddress: '127.0.0.1', port: server.port, health: new HealthState() };
  const second = startSubgraphServer({
    ...options,
    verifier: createIdentityVerifier({ keys: [] }),
    createContext: (caller) => ({ caller }),
    logger: createLogger('test', { write: () => undefined }),
  });
  await expect(second).rejects.toThrow(/EADDRINUSE/);
  expect(printed).not.toHaveBeenCalled();
});
