import { requestFailure } from '@localplus/subgraph-server';
import type { ObjectRef } from '@pothos/core';
import { builder } from './builder.ts';

export const pageSizeDefault = 50;
const pageSizeMax = 200;

/** A page of a list. */
export interface Page<Node> {
  nodes: Node[];
  hasNextPage: boolean;
}

/** Description of the argument `first`. */
export const firstDescription = `At most this many, 1 to ${pageSizeMax}.`;

/** Reads the argument `first` of a list, and refuses what is out of its bounds. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? pageSizeDefault;
  if (size >= 1 && size <= pageSizeMax) return size;
  throw requestFailure('BAD_USER_INPUT', `first must be from 1 to ${pageSizeMax}.`);
}

/** Reads the argument `after` of a list with the reader of its cursors. */
export function readCursor<Key>(
  cursor: string | null | undefined,
  read: (cursor: string) => Key | undefined,
): Key | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  const key = read(cursor);
  if (key === undefined) throw requestFailure('BAD_USER_INPUT', 'The cursor is malformed.');
  return key;
}

/** Makes a page of what was read: the nodes wanted, and one more when more follow. */
export function pageOf<Node>(read: readonly Node[], first: number): Page<Node> {
  return { nodes: read.slice(0, first), hasNextPage: read.length > first };
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

interface ConnectionOptions<Node> {
  /** Of the nodes' type. */
  name: string;
  /** How a sentence names one, and several in their order. */
  one: string;
  many: string;
  cursorOf: (node: Node) => string;
}

/** Defines the types of a list that is read page by page. */
export function connectionOf<Node>(
  node: ObjectRef<typeof builder.$inferSchemaTypes, Node>,
  { name, one, many, cursorOf }: ConnectionOptions<Node>,
) {
  const edge = builder.objectRef<{ node: Node }>(`${name}Edge`).implement({
    description: `${one} in a page.`,
    fields: (t) => ({
      cursor: t.string({
        description: 'Opaque. Handed back as `after`, it continues behind this one.',
        resolve: (parent) => cursorOf(parent.node),
      }),
      node: t.expose('node', { type: node, description: `${one}.` }),
    }),
  });
  return builder.objectRef<Page<Node>>(`${name}Connection`).implement({
    description: `A page of ${many}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'What is on the page.',
        resolve: ({ nodes }) => nodes.map((it) => ({ node: it })),
      }),
      pageInfo: t.field({
        type: pageInfo,
        description: 'Whether and where the list goes on.',
        resolve: ({ nodes, hasNextPage }) => ({ hasNextPage, endCursor: nodes.map(cursorOf).at(-1) }),
      }),
    }),
  });
}
