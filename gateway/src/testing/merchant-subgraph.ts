import type { Caller, IdentityVerifier } from '@localplus/identity';
import { type FixtureContext, FixtureSubgraph } from './fixture-subgraph.ts';

const typeDefs = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@requiresScopes"])
  scalar BigInt
  scalar DateTime
  type Query {
    merchant(id: ID!): Merchant
    caller: String
    echo(amount: BigInt!, at: DateTime, count: Int): String
    slow(milliseconds: Int!): String
    forPartners: String @requiresScopes(scopes: [["points:earn"]])
    forAnyone: String @authenticated
  }
  type Mutation { earn(input: EarnInput!): Earned }
  input EarnInput { amountMinor: BigInt! at: DateTime walletId: ID }
  type Earned { amountMinor: BigInt! wallet: Wallet }
  type Wallet @key(fields: "id", resolvable: false) { id: ID! }
  type Merchant @key(fields: "id") { id: ID! name: String! wallet: Wallet }
`;

/** A merchant subgraph without a database: it echoes what reached it. */
export class MerchantSubgraph {
  readonly subgraph: FixtureSubgraph;
  readonly callers: Caller[] = [];

  constructor(verifier: IdentityVerifier) {
    const merchant = (id: string) => ({ __typename: 'Merchant', id, name: `Merchant ${id}`, wallet: { id: 'wal_1' } });
    this.subgraph = new FixtureSubgraph({
      name: 'merchant',
      typeDefs,
      verifier,
      resolvers: {
        Query: {
          merchant: (_root: unknown, { id }: { id: string }) => merchant(id),
          caller: (_root: unknown, _none: unknown, { caller }: FixtureContext) => {
            this.callers.push(caller);
            return JSON.stringify(caller);
          },
          echo: (_root: unknown, values: Record<string, unknown>) => JSON.stringify(values),
          slow: async (_root: unknown, { milliseconds }: { milliseconds: number }) => {
            await new Promise((resolve) => setTimeout(resolve, milliseconds));
            return 'done';
          },
          forPartners: () => 'partners',
          forAnyone: () => 'anyone',
        },
        Mutation: {
          earn: (_root: unknown, { input }: { input: { amountMinor: unknown; walletId?: string } }) => ({
            amountMinor: String(input.amountMinor),
            wallet: { id: input.walletId ?? 'wal_1' },
          }),
        },
        Merchant: { __resolveReference: ({ id }: { id: string }) => merchant(id) },
      },
    });
  }
}
