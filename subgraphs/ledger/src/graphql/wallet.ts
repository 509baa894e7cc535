import { parseId } from '@localplus/identifiers';
import { firstDescription, type PageSizes, pageOf, pageSize, readCursor } from '@localplus/subgraph-server';
import { maySeeHolder } from '../domain/visibility.ts';
import { builder } from './builder.ts';
import { transactionConnection, versionOfCursor } from './transaction-connection.ts';

/** A wallet as the ledger knows it: a holder. */
export interface WalletReference {
  /** `wal_…` */
  id: string;
  /** The same as a UUID. */
  holderId: string;
}

const pageSizes: PageSizes = { unset: 20, max: 100 };
/** Above every version: a holder would have to be posted to a thousand times a second for 292 million years. */
const newest = 9_223_372_036_854_775_807n;

export const walletReference = builder.objectRef<WalletReference>('Wallet');

builder.asEntity(walletReference, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: async ({ id }, { caller, loaders }) => {
    const holderId = parseId(id, 'wal');
    if (holderId === undefined) return null;
    const holder = await loaders.holder(holderId);
    return holder && maySeeHolder(caller, holder) ? { id, holderId } : null;
  },
});

walletReference.implement({
  description: 'A consumer in a loyalty program, and what they hold there.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Identifier, `wal_…`; also of the holder in the ledger.' }),
    transactions: t.field({
      type: transactionConnection,
      nullable: true,
      description: 'What happened to the wallet, newest first; null for those who may not see the wallet.',
      args: {
        first: t.arg.int({ defaultValue: pageSizes.unset, description: firstDescription(pageSizes) }),
        after: t.arg.string({ description: 'Cursor of the last transaction known.' }),
      },
      resolve: async ({ holderId }, { first, after }, { caller, loaders }) => {
        const size = pageSize(first, pageSizes);
        const belowVersion = readCursor(after, versionOfCursor) ?? newest;
        const holder = await loaders.holder(holderId);
        if (!holder || !maySeeHolder(caller, holder)) return null;
        return pageOf(await loaders.history({ holderId, belowVersion, count: size + 1 }), size);
      },
    }),
  }),
});
