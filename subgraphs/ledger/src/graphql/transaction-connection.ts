import type { Page } from '@localplus/subgraph-server';
import type { HistoryEntry } from '../queries/list-transactions.ts';
import { builder } from './builder.ts';

/** The cursor of a page is the version that its last transaction led to: opaque to clients by contract, and cheap. */
const cursorForm = /^v([1-9]\d{0,17})$/;
const cursorOf = ({ version }: HistoryEntry) => `v${version}`;

/** Reads the version out of a cursor of a history; undefined where it is none. */
export function versionOfCursor(cursor: string): bigint | undefined {
  const version = cursorForm.exec(cursor)?.[1];
  return version === undefined ? undefined : BigInt(version);
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
      description: 'Opaque. Handed back as `after`, it continues behind this one.',
      resolve: cursorOf,
    }),
    node: t.prismaField({
      type: 'Transaction',
      description: 'A transaction.',
      // Look-ups of one tick become one statement.
      resolve: (query, { id }, _arguments, { services }) =>
        services.prisma.transaction.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

export const transactionConnection = builder.objectRef<Page<HistoryEntry>>('LedgerTransactionConnection').implement({
  description: 'A page of transactions, newest first.',
  fields: (t) => ({
    edges: t.field({
      type: [transactionEdge],
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
