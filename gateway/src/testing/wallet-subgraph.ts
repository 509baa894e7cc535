import type { IdentityVerifier } from '@localplus/identity';
import { GraphQLError } from 'graphql';
import { FixtureSubgraph } from './fixture-subgraph.ts';

const typeDefs = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
  scalar BigInt
  type Query {
    wallet(id: ID!): Wallet
    balanceOf(id: ID!): Wallet
    refusal(code: String!): String
    fault: String
    missing: Missing
  }
  type Missing { always: String! }
  type Wallet @key(fields: "id") {
    id: ID!
    version: BigInt!
    merchant: Merchant
    filler(size: Int!): String
    changes(after: String, first: Int): [BalanceChange!]
  }
  type Merchant @key(fields: "id", resolvable: false) { id: ID! }
  type BalanceChange { cursor: String! version: BigInt! skipped: Int! kind: String! wallet: Wallet }
  type Subscription { balanceChanged(walletId: ID!, after: String): BalanceChange! }
`;

/** As many changes as one page holds, like the real wallet's. */
const pageMax = 1_000;

interface Change {
  walletId: string;
  version: number;
  kind: string;
}

/** One open stream of the fixture. */
class Watcher {
  readonly #queue: Change[] = [];
  #wake: () => void = () => undefined;
  #isClosed = false;

  push(change: Change): void {
    this.#queue.push(change);
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  async take(): Promise<Change | undefined> {
    while (!this.#isClosed && this.#queue.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#isClosed ? undefined : this.#queue.shift();
  }
}

/** A wallet subgraph without a database: one counter a wallet, and the streams that watch it. */
export class WalletSubgraph {
  readonly subgraph: FixtureSubgraph;
  /** Streams that are open now, and how many were ever opened. */
  readonly watchers = new Map<Watcher, string>();
  opened = 0;
  readonly #versions = new Map<string, number>();

  constructor(verifier: IdentityVerifier) {
    this.subgraph = new FixtureSubgraph({ name: 'wallet', typeDefs, verifier, resolvers: this.#resolvers() });
  }

  version(walletId: string): number {
    return this.#versions.get(walletId) ?? 0;
  }

  /** Commits one change. A silent one is stored and told to nobody, as if its event had been lost. */
  post(walletId: string, { isSilent = false } = {}): number {
    const version = this.version(walletId) + 1;
    this.#versions.set(walletId, version);
    if (!isSilent) {
      for (const [watcher, watched] of this.watchers)
        if (watched === walletId) watcher.push({ walletId, version, kind: 'EARN' });
    }
    return version;
  }

  #change({ walletId, version, kind }: Change, skipped = 0) {
    return { cursor: `cursor-${version}`, version: String(version), skipped, kind, wallet: this.#wallet(walletId) };
  }

  #wallet(id: string) {
    return {
      __typename: 'Wallet',
      id,
      version: () => String(this.version(id)),
      merchant: { id: 'mer_1' },
      filler: ({ size }: { size: number }) => 'x'.repeat(size),
      changes: ({ after, first }: { after?: string; first?: number }) => this.#changes(id, after, first),
    };
  }

  #changes(walletId: string, after = 'cursor-0', first = pageMax) {
    const from = /^cursor-(\d+)$/.exec(after)?.[1];
    if (from === undefined)
      throw new GraphQLError('That cursor is malformed.', { extensions: { code: 'BAD_USER_INPUT' } });
    const count = Math.min(first, Math.max(0, this.version(walletId) - Number(from)));
    return Array.from({ length: count }, (_none, index) =>
      this.#change({ walletId, version: Number(from) + index + 1, kind: 'EARN' }),
    );
  }

  #watch(walletId: string): AsyncIterableIterator<unknown> {
    const watcher = new Watcher();
    this.watchers.set(watcher, walletId);
    this.opened += 1;
    watcher.push({ walletId, version: this.version(walletId), kind: 'SNAPSHOT' });
    const end = async () => {
      this.watchers.delete(watcher);
      watcher.close();
      return { done: true, value: undefined } as const;
    };
    let lastVersion: number | undefined;
    return {
      next: async () => {
        const change = await watcher.take();
        if (change === undefined) return end();
        const skipped = lastVersion === undefined ? 0 : change.version - lastVersion - 1;
        lastVersion = change.version;
        return { done: false, value: { balanceChanged: this.#change(change, skipped) } };
      },
      return: end,
      throw: end,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #resolvers() {
    const find = (_root: unknown, { id }: { id: string }) => (id.startsWith('wal_') ? this.#wallet(id) : null);
    return {
      Query: {
        wallet: find,
        balanceOf: find,
        refusal: (_root: unknown, { code }: { code: string }) => {
          throw new GraphQLError('A message for the client.', { extensions: { code, secret: 'canary' } });
        },
        fault: () => {
          throw new Error('canary: relation "postings" does not exist at 10.0.0.7:5432');
        },
        missing: () => ({}),
      },
      Wallet: { __resolveReference: ({ id }: { id: string }) => this.#wallet(id) },
      Subscription: {
        balanceChanged: {
          subscribe: (_root: unknown, { walletId }: { walletId: string }) => {
            if (walletId.startsWith('wal_')) return this.#watch(walletId);
            throw new GraphQLError('There is no such wallet.', { extensions: { code: 'FORBIDDEN' } });
          },
        },
      },
    };
  }
}
