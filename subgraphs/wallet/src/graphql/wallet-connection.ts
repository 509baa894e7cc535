import { fromUuid } from '@localplus/identifiers';
import type { Wallet } from '../store/prisma.ts';
import { builder } from './builder.ts';

/** A page of wallets. */
export interface WalletPage {
  wallets: Wallet[];
  hasNextPage: boolean;
}

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
      description: 'Opaque. Handed back as `after`, it continues behind this wallet.',
      resolve: cursorOf,
    }),
    node: t.prismaField({ type: 'Wallet', description: 'The wallet.', resolve: (_query, wallet) => wallet }),
  }),
});

export const walletConnection = builder.objectRef<WalletPage>('WalletConnection').implement({
  description: 'A page of wallets.',
  fields: (t) => ({
    edges: t.field({
      type: [walletEdge],
      description: 'The wallets, oldest first.',
      resolve: ({ wallets }) => wallets,
    }),
    pageInfo: t.field({
      type: pageInfo,
      description: 'Whether and where the list goes on.',
      resolve: ({ wallets, hasNextPage }) => ({ hasNextPage, endCursor: wallets.map(cursorOf).at(-1) }),
    }),
  }),
});
