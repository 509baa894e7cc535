import { parseId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { type RefusalOf, unknownLimit } from '../domain/refusals.ts';
import type { Sql } from '../store/connection.ts';
import { endLimit as end, findLimit } from '../store/limit-rows.ts';
import { type LimitSet, limitKeyOf, limitSet, maySetLimits } from './limit-commands.ts';

/** A limit that is to be kept no longer. Ids in TypeID form. */
export interface EndLimit {
  idempotencyKey: string;
  limitId: string;
}

/**
 * Ends a limit that is in force. Who wants another maximum ends it and sets a new one.
 * @throws Forbidden
 */
export async function endLimit(
  sql: Sql,
  { idempotencyKey, limitId }: EndLimit,
  caller: Caller,
): Promise<LimitSet | RefusalOf<'LedgerUnknownLimit' | 'LedgerIdempotencyKeyReused'>> {
  const id = parseId(limitId, 'lim');
  const limit = id === undefined ? undefined : await findLimit(sql, id);
  if (limit === undefined || !maySetLimits(caller, limit.merchantId)) return unknownLimit();
  const key = limitKeyOf(limit.merchantId, idempotencyKey, ['endLimit', limitId]);
  const result = await limitSet(sql, await end(sql, key, limit.id));
  return result === 'NOT_IN_FORCE' ? unknownLimit() : result;
}
