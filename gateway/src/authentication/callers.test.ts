import type { Caller } from '@localplus/identity';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { send } from '../testing/client.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';

let system: TestGateway;
beforeEach(async () => {
  system = await startTestGateway();
});
afterEach(() => system?.stop());

const till = 'lpk_till';
const login = (subject: string) => system.provider.token(subject);
const earn = 'mutation { earn(input: { amountMinor: 5 }) { amountMinor } }';

/** Whom the subgraphs take the caller for. */
async function callerOf(token: string): Promise<Caller> {
  const { data, text } = await send(system.url, token, '{ caller }');
  if (typeof data?.caller !== 'string') throw new Error(text);
  return JSON.parse(data.caller);
}
const codeOf = async (token: string, query: string) =>
  (await send(system.url, token, query)).errors?.[0]?.extensions.code;

describe('a caller', () => {
  test('is staff with its memberships, where no store named means all', async () => {
    expect(await callerOf(await login('camille'))).toEqual({
      kind: 'person',
      subject: `${system.provider.issuer}|camille`,
      memberships: [{ merchantId: 'mer_1', role: 'cashier', storeIds: 'all' }],
      isPlatformOperator: false,
    });
  });

  test('is a consumer by the link that the wallet knows', async () => {
    expect(await callerOf(await login('alice'))).toMatchObject({
      kind: 'person',
      consumerId: 'con_alice',
      memberships: [],
    });
  });

  test('is nobody in particular when both say so', async () => {
    expect(await callerOf(await login('stranger'))).toMatchObject({ kind: 'person', memberships: [] });
  });

  test('is a partner with the scopes that are known', async () => {
    expect(await callerOf(till)).toEqual({
      kind: 'partner',
      partnerId: 'prt_1',
      merchantId: 'mer_1',
      scopes: ['points:earn'],
    });
    expect((await send(system.url, till, '{ forPartners }')).data).toEqual({ forPartners: 'partners' });
  });

  test('is asked for once, however many requests come', async () => {
    const token = await login('camille');
    await Promise.all(Array.from({ length: 20 }, () => callerOf(token)));
    await callerOf(token);
    expect(system.callers.asked.toSorted()).toEqual(['merchant login', 'wallet login']);
  });
});

describe('while the wallet is down', () => {
  beforeEach(() => system.callers.stopWallet());

  test('staff and partners go on posting', async () => {
    for (const token of [await login('camille'), till]) {
      expect((await send(system.url, token, earn)).data).toEqual({ earn: { amountMinor: '5' } });
    }
  });

  test('a consumer is told so instead of being taken for nobody, and is known again at once afterwards', async () => {
    const token = await login('alice');
    expect(await codeOf(token, '{ caller }')).toBe('SUBGRAPH_UNAVAILABLE');
    await system.callers.startWallet();
    await expect.poll(() => codeOf(token, '{ caller }'), { timeout: 5_000 }).toBeUndefined();
    expect(await callerOf(token)).toMatchObject({ consumerId: 'con_alice' });
  });

  test('who is staff and consumer is whole again as soon as it is back', async () => {
    system.callers.consumers.set('camille', 'con_camille');
    const token = await login('camille');
    expect(await callerOf(token)).not.toHaveProperty('consumerId');
    await system.callers.startWallet();
    await expect.poll(() => callerOf(token), { timeout: 5_000 }).toMatchObject({ consumerId: 'con_camille' });
  });
});

describe('while the merchant is down', () => {
  beforeEach(() => system.callers.stopMerchant());

  test('a consumer reads, and a command fails rather than being refused for a right that may exist', async () => {
    const token = await login('alice');
    expect(await callerOf(token)).toMatchObject({ consumerId: 'con_alice', memberships: [] });
    expect(await codeOf(token, earn)).toBe('SUBGRAPH_UNAVAILABLE');
  });

  test('staff and partners are told so', async () => {
    for (const token of [await login('camille'), till])
      expect(await codeOf(token, '{ caller }')).toBe('SUBGRAPH_UNAVAILABLE');
  });

  test('who was known before goes on', async () => {
    await system.callers.startMerchant();
    const token = await login('camille');
    await expect.poll(() => codeOf(token, '{ caller }'), { timeout: 5_000 }).toBeUndefined();
    await system.callers.stopMerchant();
    expect((await send(system.url, token, earn)).data).toEqual({ earn: { amountMinor: '5' } });
  });
});

test('without the identity provider a known token goes on, and the platform says that it cannot look at others', async () => {
  const [known, unknown] = [await login('camille'), await login('alice')];
  await callerOf(known);
  const lonely = await startTestGateway({ OIDC_JWKS_URL: 'http://127.0.0.1:1/jwks' });
  await system.provider.stop();
  try {
    expect(await callerOf(known)).toMatchObject({ kind: 'person' });
    const answer = await send(lonely.url, unknown, '{ caller }');
    expect(answer).toMatchObject({ status: 503, errors: [{ extensions: { code: 'AUTHENTICATION_UNAVAILABLE' } }] });
  } finally {
    await lonely.stop();
  }
});
