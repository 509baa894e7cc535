import type { Caller } from '@localplus/identity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signAsGateway } from './platform/logins.ts';
import { addMerchant, type TestMerchant, type TestWallet } from './platform/merchants.ts';
import { type Platform, startPlatform } from './platform/start-platform.ts';
import { burn, earn } from './platform/till.ts';

const walletFields = `
  id version
  balances { asset { code } available }
  consumer { id givenName email }
  program { id }
  merchant { id name stores(first: 10) { edges { node { id name } } } }
  transactions(first: 5) {
    edges { node { id kind postings { amount asset { code } debitAccount { id } creditAccount { id } } } }
  }`;
const ownDocument = `query Own { myConsumer { id givenName wallets { ${walletFields} } } }`;
const walletDocument = `query Any($id: ID!) { wallet(id: $id) { ${walletFields} } }`;

interface WalletView {
  id: string;
  version: string;
  balances: { asset: { code: string }; available: string }[];
  consumer: { id: string; givenName: string; email: string | null };
  program: { id: string } | null;
  merchant: { id: string; name: string; stores: { edges: { node: { id: string; name: string } }[] } } | null;
  transactions: {
    edges: {
      node: {
        id: string;
        kind: string;
        postings: {
          amount: string;
          asset: { code: string };
          debitAccount: { id: string };
          creditAccount: { id: string };
        }[];
      };
    }[];
  } | null;
}

let platform: Platform;
let merchant: TestMerchant;
let other: TestMerchant;
let wallet: TestWallet;
let stranger: TestWallet;
let transactionId: string;
let accountId: string;

beforeAll(async () => {
  platform = await startPlatform();
  [merchant, other] = [await addMerchant(platform), await addMerchant(platform)];
  [wallet, stranger] = [await merchant.enroll(), await other.enroll()];
  await earn(platform, merchant.cashier, { walletId: wallet.id, points: 30 });
  await burn(platform, merchant.cashier, { walletId: wallet.id, points: 10 });
  const { wallet: seen } = await platform.ask<{ wallet: WalletView }>(merchant.owner, walletDocument, {
    id: wallet.id,
  });
  const latest = seen.transactions?.edges[0]?.node;
  transactionId = latest?.id ?? '';
  accountId = latest?.postings[0]?.debitAccount.id ?? '';
});
afterAll(() => platform?.stop());

describe('one operation', () => {
  test('reads from the consumer to the postings, through every subgraph', async () => {
    const { myConsumer } = await platform.ask<{ myConsumer: { id: string; givenName: string; wallets: WalletView[] } }>(
      wallet.token,
      ownDocument,
    );
    expect(myConsumer).toMatchObject({ id: wallet.consumerId, givenName: wallet.givenName });
    expect(myConsumer.wallets).toHaveLength(1);
    const [seen] = myConsumer.wallets;
    expect(seen).toMatchObject({
      id: wallet.id,
      version: '2',
      balances: [{ asset: { code: merchant.pointAssetCode }, available: '20' }],
      program: { id: merchant.programId },
      merchant: { id: merchant.id, name: merchant.name, stores: { edges: [{ node: { id: merchant.storeIds[0] } }] } },
    });
    const nodes = seen?.transactions?.edges.map(({ node }) => node);
    expect(nodes?.map(({ kind }) => kind)).toEqual(['BURN', 'EARN']);
    expect(nodes?.map(({ postings }) => postings.map(({ amount }) => amount))).toEqual([['10'], ['30']]);
  });

  test('shows staff of the merchant the wallet, with the contact masked', async () => {
    const { wallet: seen } = await platform.ask<{ wallet: WalletView }>(merchant.cashier, walletDocument, {
      id: wallet.id,
    });
    expect(seen).toMatchObject({ id: wallet.id, consumer: { id: wallet.consumerId } });
    expect(seen.consumer.email).not.toMatch(/^[0-9a-f-]{36}@/);
    expect(seen.transactions?.edges).toHaveLength(2);
  });

  test('reveals nothing to another consumer or to staff of another merchant, not even existence', async () => {
    const absent = 'wal_01jdzzzzzzfzzvzzzzzzzzzzzz';
    for (const token of [
      stranger.token,
      other.owner,
      other.manager,
      other.cashier,
      await other.addPartner(['WALLETS_READ']),
    ]) {
      const [foreign, nothing] = await Promise.all(
        [wallet.id, absent].map((id) => platform.graphql(token, walletDocument, { id })),
      );
      expect([foreign?.status, foreign?.body]).toEqual([200, '{"data":{"wallet":null}}']);
      expect(foreign?.body).toBe(nothing?.body);
    }
  });

  test('leads nobody into what is not theirs by way of what they may read', async () => {
    const query = `query($id: ID!) { merchant(id: $id) { id name wallets(first: 10) { edges { node { id } } } trialBalance { isBalanced } } }`;
    for (const token of [stranger.token, wallet.token, other.owner]) {
      const { merchant: face } = await platform.ask<{ merchant: Record<string, unknown> }>(token, query, {
        id: merchant.id,
      });
      expect(face).toEqual({ id: merchant.id, name: merchant.name, wallets: null, trialBalance: null });
    }
    const { merchant: own } = await platform.ask<{ merchant: { wallets: { edges: unknown[] } } }>(
      merchant.owner,
      query,
      {
        id: merchant.id,
      },
    );
    expect(own.wallets.edges.length).toBeGreaterThan(0);
  });
});

type SubgraphName = 'ledger' | 'wallet' | 'merchant';
interface EntityCase {
  subgraph: SubgraphName;
  typename: string;
  id: () => string;
  absent: string;
  fields: string;
}

const entityCases: EntityCase[] = [
  {
    subgraph: 'wallet',
    typename: 'Wallet',
    id: () => wallet.id,
    absent: 'wal',
    fields: 'version balances { available } consumer { givenName }',
  },
  {
    subgraph: 'wallet',
    typename: 'Consumer',
    id: () => wallet.consumerId,
    absent: 'con',
    fields: 'givenName email wallets { id }',
  },
  {
    subgraph: 'ledger',
    typename: 'Wallet',
    id: () => wallet.id,
    absent: 'wal',
    fields: 'transactions(first: 5) { edges { node { id } } }',
  },
  {
    subgraph: 'ledger',
    typename: 'LedgerTransaction',
    id: () => transactionId,
    absent: 'trx',
    fields: 'kind postings { amount }',
  },
  { subgraph: 'ledger', typename: 'LedgerAccount', id: () => accountId, absent: 'acc', fields: 'kind' },
];

describe('the entities of each subgraph', () => {
  function ask(
    subgraph: SubgraphName,
    identity: string | undefined,
    representation: Record<string, string>,
    fields: string,
  ) {
    const port = platform.ports[`${subgraph.toUpperCase() as Uppercase<SubgraphName>}_HTTP_PORT`];
    return platform.client.send<{ _entities: (Record<string, unknown> | null)[] }>({
      url: `http://127.0.0.1:${port}/graphql`,
      query: `query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on ${representation.__typename} { ${fields} } } }`,
      variables: { r: [representation] },
      headers: identity === undefined ? {} : { 'x-localplus-identity': identity },
    });
  }

  const asConsumer = (consumerId: string): Caller => ({
    kind: 'person',
    subject: 'issuer|e2e',
    consumerId,
    memberships: [],
    isPlatformOperator: false,
  });
  const asStaff = (merchantId: string): Caller => ({
    kind: 'person',
    subject: 'issuer|e2e',
    memberships: [{ merchantId, role: 'owner', storeIds: 'all' }],
    isPlatformOperator: false,
  });

  /** Whether an answer shows anything of the entity: a null in its place, or nulls in all its fields, shows nothing. */
  function shows(entity: Record<string, unknown> | null | undefined): boolean {
    const { __typename, ...fields } = entity ?? {};
    return Object.values(fields).some((value) => value !== null);
  }

  test.each(entityCases)(
    '$subgraph answers for $typename to those whose it is',
    async ({ subgraph, typename, id, fields }) => {
      for (const caller of [asConsumer(wallet.consumerId), asStaff(merchant.id)]) {
        const answer = await ask(
          subgraph,
          await signAsGateway(platform, caller),
          { __typename: typename, id: id() },
          fields,
        );
        expect(answer.errors).toEqual([]);
        expect([answer.body, shows(answer.data?._entities[0])]).toEqual([answer.body, true]);
      }
    },
  );

  test.each(entityCases)('$subgraph shows nothing of $typename to others, as if it were not there', async (entity) => {
    const { subgraph, typename, id, absent, fields } = entity;
    const absentId = `${absent}_01jdzzzzzzfzzvzzzzzzzzzzzz`;
    for (const caller of [asConsumer(stranger.consumerId), asStaff(other.id)]) {
      const identity = await signAsGateway(platform, caller);
      const foreign = await ask(subgraph, identity, { __typename: typename, id: id() }, fields);
      const nothing = await ask(subgraph, identity, { __typename: typename, id: absentId }, fields);
      expect(shows(foreign.data?._entities[0])).toBe(false);
      expect([foreign.status, foreign.body.replaceAll(id(), absentId)]).toEqual([nothing.status, nothing.body]);
    }
  });

  test.each(entityCases)(
    '$subgraph answers nothing for $typename without an identity, or with a forged one',
    async (entity) => {
      const { subgraph, typename, id, fields } = entity;
      const good = await signAsGateway(platform, asStaff(merchant.id));
      for (const identity of [undefined, 'nonsense', `${good.slice(0, -4)}AAAA`]) {
        const answer = await ask(subgraph, identity, { __typename: typename, id: id() }, fields);
        expect(answer.status).toBe(401);
        expect(answer.errors.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
        expect(answer.data ?? null).toBeNull();
      }
    },
  );

  test('a merchant shows its public face to every signed-in caller, and its business to its own alone', async () => {
    const fields =
      'name stores { edges { node { id } } } staff { edges { node { id } } } partners { edges { node { id } } }';
    const seen = async (caller: Caller) =>
      (
        await ask(
          'merchant',
          await signAsGateway(platform, caller),
          { __typename: 'Merchant', id: merchant.id },
          fields,
        )
      ).data?._entities[0];
    expect(await seen(asConsumer(stranger.consumerId))).toMatchObject({
      name: merchant.name,
      staff: null,
      partners: null,
    });
    expect(await seen(asStaff(other.id))).toMatchObject({ name: merchant.name, staff: null, partners: null });
    expect(await seen(asStaff(merchant.id))).toMatchObject({ name: merchant.name, staff: { edges: [{}, {}, {}] } });
  });
});
