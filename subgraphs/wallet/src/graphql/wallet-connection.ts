import { fromUuid } from '@localplus/identifiers';
import type { Page } from '@localplus/subgraph-server';
import type { Wallet } from '../store/prisma.ts';
import { builder } from './builder.ts';

const cursorOf = (wallet: Wallet) => fromUuid('wal', wallet.id);

const pageInfo = builder.objectRef<{ hasNextPage: boolean; endCursor: string | undefined }>('PageInfo').implement({
  shareable: true,
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether more follow behind this page.' }),
    endCursor: t.exposeString('endCursor', {
      nullable: true,
      description: 'Cursor of the last one on this page; null on an empty page.',
    }),
  }),
});

const walletEdge = builder.objectRef<Wallet>('WalletEdge').implement({
  description: 'A wallet in a page.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Opaque. Handed back as `after`, it continues behind this one.',
      resolve: cursorOf,
    }),
    node: t.prismaField({ type: 'Wallet', description: 'A wallet.', resolve: (_query, wallet) => wallet }),
  }),
});

export const walletConnection = builder.objectRef<Page<Wallet>>('WalletConnection').implement({
  description: 'A page of wallets, oldest first.',
  fields: (t) => ({
    edges: t.field({
      type: [walletEdge],
      description: 'What is on the page.',
      resolve: ({ nodes }) => nodes,
    }),
    pageInfo: t.field({
      type: pageInfo,
      description: 'Whether and where the list goes on.',
      resolve: ({ nodes, hasNextPage }) => ({ hasNextPage, endCursor: nodes.map(cursorOf).at(-1) }),
    }),
  }),
});
