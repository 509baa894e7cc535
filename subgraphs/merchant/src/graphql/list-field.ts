import type { IdentifierPrefix } from '@localplus/identifiers';
import { parseId } from '@localplus/identifiers';
import { type Page, pageOf, pageSize, readCursor } from '@localplus/subgraph-server';
import type { ListName } from '../store/list-pages.ts';
import { pageSizes } from './connection.ts';
import type { Loaders } from './loaders.ts';

interface PageArguments {
  first?: number | null;
  after?: string | null;
}

/** Kinds of rows that lists are made of, with the prefix that their cursors (their identifiers) have. */
const cursorPrefixes = {
  stores: 'sto',
  staff: 'stf',
  programs: 'prg',
  partners: 'prt',
  partnerKeys: 'lpk',
} as const satisfies Record<ListName, IdentifierPrefix>;

type RowOf<List extends ListName> = NonNullable<Awaited<ReturnType<Loaders[List]['load']>>>;

/** Loads a page of a list of one parent (a UUID). Lists of several parents are read together. */
export async function loadPage<List extends ListName>(
  load: Loaders,
  list: List,
  parentId: string,
  { first, after }: PageArguments,
): Promise<Page<RowOf<List>>> {
  const size = pageSize(first, pageSizes);
  const known = readCursor(after, (cursor) => parseId(cursor, cursorPrefixes[list]));
  const { nodes, hasNextPage } = pageOf(await load.pages[list].load({ parentId, first: size, after: known }), size);
  const rows = await Promise.all(nodes.map((id) => load[list].load(id)));
  return { nodes: rows.filter((row): row is RowOf<List> => row !== null), hasNextPage };
}
