import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open, send, until } from '../testing/client.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';

const runFile = {
  gateway: { http: 'http://127.0.0.1:4000/graphql', websocket: 'ws://127.0.0.1:4000/graphql' },
  tokens: {
    platformOperator: 'operator-token',
    partner: { mer_1: 'lpk_partner' },
    owner: { mer_1: 'owner-token' },
    manager: { mer_1: 'manager-token' },
    cashier: { mer_1: 'cashier-token' },
  },
  demo: {
    merchants: [
      {
        id: 'mer_1',
        name: 'Boulangerie </script><script>alert(1)</script>',
        programId: 'prg_1',
        storeIds: ['sto_1'],
        wallets: [{ id: 'wal_1', consumerId: 'con_1', token: 'consumer-token' }],
      },
    ],
  },
  processes: [],
};

let system: TestGateway;
let folder: string;
const tokensFile = () => join(folder, 'run.json');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'localplus-graphiql-'));
  system = await startTestGateway({ DEVELOPMENT: 'true', DEVELOPMENT_TOKENS_FILE: tokensFile() });
});
afterAll(async () => {
  await system?.stop();
  await rm(folder, { recursive: true });
});

interface Options {
  defaultTabs: { query: string; variables: string; headers: string }[];
  roles: { name: string; token: string }[];
}

async function openPage() {
  const response = await fetch(system.url, { headers: { accept: 'text/html,application/xhtml+xml' } });
  const html = await response.text();
  const options = /LocalPlusGraphiQL\.render\(\s*window\.document\.querySelector\('#root'\),\s*(\{.*\}),?\s*\);/.exec(
    html,
  )?.[1];
  return { response, html, options: JSON.parse(options ?? '{}') as Options };
}

describe('GraphiQL in development', () => {
  test('is not given to a page that only pretends to be local, nor into its frame', async () => {
    const port = new URL(system.url).port;
    const statusFor = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request(system.url, { headers: { accept: 'text/html', host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject).end();
      });
    expect(await statusFor(`localhost:${port}`)).toBe(200);
    expect(await statusFor(`evil.example:${port}`)).toBe(403);
    expect(await statusFor('[[[')).toBe(403);
    const { response } = await openPage();
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  test('opens before the platform has written its tokens', async () => {
    const { response, options } = await openPage();
    expect(response.status).toBe(200);
    expect(options.roles).toEqual([]);
    expect(options.defaultTabs.length).toBeGreaterThan(4);
  });

  test('offers a token for each role, and each example with the one it is meant for', async () => {
    await writeFile(tokensFile(), JSON.stringify(runFile));
    const { options } = await openPage();
    expect(options.roles.map(({ token }) => token)).toEqual([
      'operator-token',
      'owner-token',
      'manager-token',
      'cashier-token',
      'lpk_partner',
      'consumer-token',
    ]);
    for (const { headers } of options.defaultTabs)
      expect(JSON.parse(headers)).toEqual({ authorization: expect.stringMatching(/^Bearer ./) });
    const subscription = options.defaultTabs.find(({ query }) => query.includes('subscription '));
    expect(JSON.parse(subscription?.variables ?? '{}')).toEqual({ walletId: 'wal_1' });
  });

  test('brings everything with it, and may ask nobody but its own server', async () => {
    const { html, response } = await openPage();
    const found = (pattern: RegExp) => html.match(pattern)?.[0].slice(0, 100);
    expect(found(/<(?:script|link|img|iframe)\b[^>]{0,300}?(?:src|href)=["'](?:https?:)?\/\//)).toBeUndefined();
    expect(found(/@import\s+(?:url\()?["']?https?:|url\(["']?https?:/)).toBeUndefined();
    expect(found(/<\/script><script>alert/)).toBeUndefined();
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*connect-src 'self'/);
  });

  test('reads the schema without a token, and nothing else', async () => {
    expect((await send(system.url, undefined, '{ __schema { queryType { name } } }')).data).toEqual({
      __schema: { queryType: { name: 'Query' } },
    });
    expect(await send(system.url, undefined, '{ __typename caller }')).toMatchObject({
      status: 401,
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    const onSocket = open(system.webSocketUrl, undefined, '{ __typename }');
    await until(() => onSocket.ended.length > 0, 'the answer comes');
    expect(onSocket.events[0]).toEqual({ data: { __typename: 'Query' } });
    await onSocket.close();
  });
});
