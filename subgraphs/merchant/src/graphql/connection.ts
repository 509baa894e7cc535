import { firstDescription, type Page, type PageSizes } from '@localplus/subgraph-server';
import type { ObjectRef } from '@pothos/core';
import { builder } from './builder.ts';

/** How many nodes of a list are read. */
export const pageSizes: PageSizes = { unset: 50, max: 200 };

/**
 * The arguments of a list.
 * @param one what a sentence calls a node of the list
 */
export function pageArguments(one: string) {
  return builder.args((t) => ({
    first: t.int({ defaultValue: pageSizes.unset, description: firstDescription(pageSizes) }),
    after: t.string({ description: `Cursor of the last ${one} known.` }),
  }));
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
