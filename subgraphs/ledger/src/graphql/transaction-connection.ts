import { requestFailure } from '@localplus/subgraph-server';
import type { HistoryEntry } from '../queries/list-transactions.ts';
import { builder } from './builder.ts';

/** A page of a holder's history. */
export interface HistoryPage {
  entries: HistoryEntry[];
  hasNextPage: boolean;
}

/** The cursor of a page is the version that its last transaction led to: opaque to clients by contract, and cheap. */
const cursorForm = /^v([1-9]\d{0,17})$/;
const cursorOf = ({ version }: HistoryEntry) => `v${version}`;

/** Reads the version out of a cursor of a history. */
export function readHistoryCursor(cursor: string): bigint {
  const version = cursorForm.exec(cursor)?.[1];
  if (version === undefined) throw requestFailure('BAD_USER_INPUT', 'The cursor is malformed.');
  return BigInt(version);
}

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

const transactionEdge = builder.objectRef<HistoryEntry>('LedgerTransactionEdge').implement({
  description: 'A transaction in a page.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Opaque. Handed back as `after`, it continues behind this transaction.',
      resolve: cursorOf,
    }),
    node: t.prismaField({
      type: 'Transaction',
      description: 'The transaction.',
      // Look-ups of one tick become one statement.
      resolve: (query, { id }, _arguments, { services }) =>
        services.prisma.transaction.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

export const transactionConnection = builder.objectRef<HistoryPage>('LedgerTransactionConnection').implement({
  description: 'A page of transactions.',
  fields: (t) => ({
    edges: t.field({
      type: [transactionEdge],
      description: 'The transactions, newest first.',
      resolve: ({ entries }) => entries,
    }),
    pageInfo: t.field({
      type: pageInfo,
      description: 'Whether and where the list goes on.',
      resolve: ({ entries, hasNextPage }) => ({ hasNextPage, endCursor: entries.map(cursorOf).at(-1) }),
    }),
  }),
});
