import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countTransactions, listWrongWallets } from './platform/books.ts';
import { readExamples } from './platform/examples.ts';
import type { RunFile } from './platform/run-file.ts';
import { type Platform, startPlatform } from './platform/start-platform.ts';
import { makeStateDirectory, removeStateDirectory } from './platform/state-directory.ts';
import { waitUntil } from './platform/wait-until.ts';

const firstStartPromiseMs = 90_000;
const secondStartPromiseMs = 10_000;

let stateDirectory: string;
let platform: Platform;

beforeAll(async () => {
  stateDirectory = await makeStateDirectory();
  platform = await startPlatform({ seed: 'demo', stateDirectory });
});
afterAll(async () => {
  await platform?.stop();
  await removeStateDirectory(stateDirectory);
});

const token = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
const id = (prefix: string) => expect.stringMatching(new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`));

function expectShape(run: RunFile): void {
  const merchantIds = run.demo.merchants.map((merchant) => merchant.id);
  const forEachMerchant = (value: unknown) => Object.fromEntries(merchantIds.map((merchantId) => [merchantId, value]));
  expect(run).toEqual({
    gateway: {
      http: `http://127.0.0.1:${platform.ports.GATEWAY_PORT}/graphql`,
      websocket: `ws://127.0.0.1:${platform.ports.GATEWAY_PORT}/graphql`,
    },
    tokens: {
      platformOperator: token,
      partner: forEachMerchant(expect.stringMatching(/^lpk_/)),
      owner: forEachMerchant(token),
      manager: forEachMerchant(token),
      cashier: forEachMerchant(token),
    },
    demo: {
      merchants: merchantIds.map(() => ({
        id: id('mer'),
        name: expect.stringMatching(/\S/),
        programId: id('prg'),
        storeIds: expect.arrayContaining([id('sto')]),
        wallets: expect.arrayContaining([{ id: id('wal'), consumerId: id('con'), token }]),
      })),
    },
    eventBus: { EVENT_BUS: 'postgres', EVENT_BUS_DATABASE_URL: expect.stringMatching(/^postgres(ql)?:\/\/bus:/) },
    processes: expect.arrayContaining([{ name: 'gateway', pid: expect.any(Number), restarts: 0 }]),
  });
}

describe('the demo', () => {
  test('is ready within the time that a newcomer waits', () => {
    console.info(`first start with the demo: ${Math.round(platform.readyAfterMs)} ms`);
    expect(platform.readyAfterMs).toBeLessThan(firstStartPromiseMs);
  });

  test('has two merchants, some fifty consumers and months of history, and its books are in order', async () => {
    const { merchants } = platform.run().demo;
    expect(merchants).toHaveLength(2);
    const consumers = new Set(merchants.flatMap(({ wallets }) => wallets.map(({ consumerId }) => consumerId)));
    expect(consumers.size).toBeGreaterThanOrEqual(40);
    const { transactions, holders } = await countTransactions(platform);
    expect(transactions).toBeGreaterThan(500);
    expect(holders).toBeGreaterThan(40);
    await waitUntil(
      "every wallet has the ledger's balance",
      async () => (await listWrongWallets(platform)).length === 0,
      5_000,
    );
  });

  test('writes a run file of the agreed shape that its owner alone can read', async () => {
    expectShape(platform.run());
    expect((await stat(join(stateDirectory, 'run.json'))).mode & 0o777).toBe(0o600);
  });

  test('offers examples in GraphiQL that all answer', async () => {
    const examples = await readExamples(platform);
    expect(examples.length).toBeGreaterThanOrEqual(4);
    expect(examples.some(({ query }) => query.includes('subscription'))).toBe(true);
    for (const { name, token: bearer, query, variables } of examples) {
      if (/^\s*subscription\b/m.test(query)) {
        const subscription = platform.subscribe<Record<string, unknown>>(bearer, query, variables);
        expect([name, await subscription.next()]).toEqual([name, expect.anything()]);
        await subscription.close();
        continue;
      }
      const answer = await platform.graphql<Record<string, { __typename?: string } | null>>(bearer, query, variables);
      expect([name, answer.status, answer.errors]).toEqual([name, 200, []]);
      for (const value of Object.values(answer.data ?? {})) {
        expect([name, value]).toEqual([name, expect.anything()]);
        // An example that is refused would teach a newcomer how not to do it.
        if (value?.__typename)
          expect([name, value]).toEqual([name, { ...value, __typename: expect.stringMatching(/Success$/) }]);
      }
    }
  });

  test('is kept by the second start, which is quick', async () => {
    const before = platform.run();
    const counted = await countTransactions(platform);
    await platform.stop();
    platform = await startPlatform({ seed: 'demo', stateDirectory, ports: platform.ports });
    console.info(`second start with the demo: ${Math.round(platform.readyAfterMs)} ms`);
    expect(platform.readyAfterMs).toBeLessThan(secondStartPromiseMs);
    expectShape(platform.run());
    const withoutTokens = ({ demo }: RunFile) =>
      demo.merchants.map((merchant) => ({
        ...merchant,
        wallets: merchant.wallets.map(({ token: _, ...wallet }) => wallet),
      }));
    expect(withoutTokens(platform.run())).toEqual(withoutTokens(before));
    expect(await countTransactions(platform)).toEqual(counted);
    expect(platform.run().tokens.partner).toEqual(before.tokens.partner);
  });
});
