import type { Reader } from './transaction.ts';

/** Lists that grow, each of the things that belong to one parent, in the order of their making. */
const lists = {
  stores: { table: 'stores', parent: 'merchant_id' },
  staff: { table: 'staff_members', parent: 'merchant_id' },
  programs: { table: 'loyalty_programs', parent: 'merchant_id' },
  partners: { table: 'partners', parent: 'merchant_id' },
  partnerKeys: { table: 'partner_keys', parent: 'partner_id' },
} as const;

export type ListName = keyof typeof lists;

/** Sorts before every UUIDv7. */
const beforeAll = '00000000-0000-0000-0000-000000000000';

/** Which part of a list is wanted: at most `first` behind `after` (a UUID; undefined means from the start). */
export interface PageRequest {
  first: number;
  after: string | undefined;
}

/**
 * Reads the same page of the lists of several parents in one statement.
 * @returns by parent, the UUIDs on the page and one more when more follow; a parent without any is left out
 */
export async function readPages(
  reader: Reader,
  list: ListName,
  parentIds: readonly string[],
  { first, after }: PageRequest,
): Promise<Map<string, string[]>> {
  const { table, parent } = lists[list];
  const { rows } = await reader.query<{ parentId: string; id: string }>(
    `SELECT parents.id AS "parentId", page.id
       FROM unnest($1::uuid[]) AS parents (id)
      CROSS JOIN LATERAL (
        SELECT id FROM ${table} WHERE ${parent} = parents.id AND id > $2 ORDER BY id LIMIT $3
      ) AS page
      ORDER BY parents.id, page.id`,
    [parentIds, after ?? beforeAll, first + 1],
  );
  const pages = new Map<string, string[]>();
  for (const { parentId, id } of rows) pages.set(parentId, [...(pages.get(parentId) ?? []), id]);
  return pages;
}
