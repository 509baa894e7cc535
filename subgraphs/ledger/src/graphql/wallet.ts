import { parseId } from '@localplus/identifiers';
import { maySeeHolder } from '../domain/visibility.ts';
import { builder } from './builder.ts';
import { pageSize } from './page-size.ts';
import { readHistoryCursor, transactionConnection } from './transaction-connection.ts';

/** A wallet as the ledger knows it: a holder. */
export interface WalletReference {
  /** `wal_…` */
  id: string;
  /** The same as a UUID. */
  holderId: string;
}

const transactionsDefault = 20;
const transactionsMax = 100;
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
    id: t.exposeID('id', { description: 'Identifier, also of the holder in the ledger.' }),
    transactions: t.field({
      type: transactionConnection,
      nullable: true,
      description: 'What happened to the wallet, newest first; null for those who may not see the wallet.',
      args: {
        first: t.arg.int({
          defaultValue: transactionsDefault,
          description: `At most this many, 1 to ${transactionsMax}.`,
        }),
        after: t.arg.string({ description: 'Cursor of the last transaction known.' }),
      },
      resolve: async ({ holderId }, { first, after }, { caller, loaders }) => {
        const count = pageSize(first, { unset: transactionsDefault, max: transactionsMax });
        const belowVersion = after ? readHistoryCursor(after) : newest;
        const holder = await loaders.holder(holderId);
        if (!holder || !maySeeHolder(caller, holder)) return null;
        const entries = await loaders.history({ holderId, belowVersion, count: count + 1 });
        return { entries: entries.slice(0, count), hasNextPage: entries.length > count };
      },
    }),
  }),
});
