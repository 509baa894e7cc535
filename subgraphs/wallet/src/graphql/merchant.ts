import { parseId } from '@localplus/identifiers';
import { requestFailure } from '@localplus/subgraph-server';
import { queryFromInfo } from '@pothos/plugin-prisma';
import { actsFor } from '../domain/viewer.ts';
import { builder } from './builder.ts';
import { pageSize } from './page-size.ts';
import { walletConnection } from './wallet-connection.ts';

const walletsDefault = 50;
const walletsMax = 200;

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
        first: t.arg.int({
          defaultValue: walletsDefault,
          description: `At most this many, 1 to ${walletsMax}.`,
        }),
        after: t.arg.string({ description: 'Cursor of the last wallet known.' }),
      },
      resolve: async ({ id }, { first, after }, context, info) => {
        const merchantId = parseId(id, 'mer');
        if (merchantId === undefined || !actsFor(context.viewer, merchantId)) return null;
        const countMax = pageSize(first, { unset: walletsDefault, max: walletsMax });
        const query = queryFromInfo({ context, info, typeName: 'Wallet', path: ['edges', 'node'] });
        const wallets = await context.services.prisma.wallet.findMany({
          ...query,
          where: { merchantId, ...(after ? { id: { gt: readWalletCursor(after) } } : {}) },
          orderBy: { id: 'asc' },
          take: countMax + 1,
        });
        return { wallets: wallets.slice(0, countMax), hasNextPage: wallets.length > countMax };
      },
    }),
  }),
});

/** The cursor of a page is the identifier of its last wallet: opaque to clients by contract, and cheap. */
function readWalletCursor(cursor: string): string {
  const id = parseId(cursor, 'wal');
  if (id === undefined) throw requestFailure('BAD_USER_INPUT', 'The cursor is malformed.');
  return id;
}
