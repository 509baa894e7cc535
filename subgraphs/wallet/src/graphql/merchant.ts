import { parseId } from '@localplus/identifiers';
import { firstDescription, type PageSizes, pageOf, pageSize, readCursor } from '@localplus/subgraph-server';
import { queryFromInfo } from '@pothos/plugin-prisma';
import { actsFor } from '../domain/viewer.ts';
import { builder } from './builder.ts';
import { walletConnection } from './wallet-connection.ts';

const pageSizes: PageSizes = { unset: 50, max: 200 };

export const merchant = builder.objectRef<{ id: string }>('Merchant');

builder.asEntity(merchant, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: ({ id }) => ({ id }),
});

merchant.implement({
  description: 'A local merchant.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Identifier, `mer_…`.' }),
    wallets: t.field({
      type: walletConnection,
      nullable: true,
      description:
        "The wallets in the merchant's programs, oldest first; null for everybody but its staff and partners.",
      args: {
        first: t.arg.int({ defaultValue: pageSizes.unset, description: firstDescription(pageSizes) }),
        after: t.arg.string({ description: 'Cursor of the last wallet known.' }),
      },
      resolve: async ({ id }, { first, after }, context, info) => {
        const merchantId = parseId(id, 'mer');
        if (merchantId === undefined || !actsFor(context.viewer, merchantId)) return null;
        const size = pageSize(first, pageSizes);
        // The cursor of a page is the identifier of its last wallet: opaque to clients by contract, and cheap.
        const known = readCursor(after, (cursor) => parseId(cursor, 'wal'));
        const query = queryFromInfo({ context, info, typeName: 'Wallet', path: ['edges', 'node'] });
        const wallets = await context.services.prisma.wallet.findMany({
          ...query,
          where: { merchantId, ...(known === undefined ? {} : { id: { gt: known } }) },
          orderBy: { id: 'asc' },
          take: size + 1,
        });
        return pageOf(wallets, size);
      },
    }),
  }),
});
