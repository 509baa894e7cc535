import { fromUuid, parseId } from '@localplus/identifiers';
import type { Transaction } from './transaction.ts';

/** Where things that belong to a merchant stand, by the prefix of their identifier. */
const tables = { prg: 'loyalty_programs', prt: 'partners', lpk: 'partner_keys' } as const;

/**
 * The merchant (`mer_…`) that something belongs to, which never changes.
 * @returns undefined where there is no such thing, or the text is no identifier of that kind
 */
export async function merchantOf(
  transaction: Transaction,
  prefix: keyof typeof tables,
  id: string,
): Promise<string | undefined> {
  const uuid = parseId(id, prefix);
  if (uuid === undefined) return undefined;
  const { rows } = await transaction.query<{ merchantId: string }>(
    `SELECT merchant_id AS "merchantId" FROM ${tables[prefix]} WHERE id = $1`,
    [uuid],
  );
  return rows[0] && fromUuid('mer', rows[0].merchantId);
}
