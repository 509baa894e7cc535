import { createHash } from 'node:crypto';
import { fromUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { Forbidden } from '../domain/failures.ts';
import type { Limit } from '../domain/limit-rule.ts';
import { idempotencyKeyReused, type RefusalOf } from '../domain/refusals.ts';
import type { Sql } from '../store/connection.ts';
import { findLimit, type LimitKey, type LimitOutcome } from '../store/limit-rows.ts';
import { demandSomewhere, mayAct, type Right } from './rights.ts';

/** What a command on a limit brought. */
export interface LimitSet {
  limit: Limit;
  /** Whether the key had been used before, with the same input. */
  isReplay: boolean;
}

const right: Right = { roles: ['manager', 'owner'] };

/**
 * Whether the caller may set limits for a merchant, or, where none is named, for all of them. False for strangers.
 * @param merchantId UUID
 * @throws Forbidden for those who belong to the merchant in another role, and to whom all merchants are closed
 */
export function maySetLimits(caller: Caller, merchantId: string | undefined): boolean {
  demandSomewhere(caller, right);
  if (merchantId !== undefined) return mayAct(caller, merchantId, right);
  if (caller.kind !== 'person' || !caller.isPlatformOperator) throw new Forbidden();
  return true;
}

/** The key of a command on a limit: of the merchant whose limit it is, or of the platform. */
export function limitKeyOf(
  merchantId: string | undefined,
  key: string,
  input: readonly (string | bigint | undefined)[],
): LimitKey {
  const text = JSON.stringify(input.map((value) => value?.toString() ?? null));
  const inputHash = createHash('sha256').update(text).digest();
  return { scope: merchantId === undefined ? 'platform' : fromUuid('mer', merchantId), key, inputHash };
}

/** Answers a command on a limit with the limit as it is now, or leaves its own refusals to the command. */
export async function limitSet<Refused extends string>(
  sql: Sql,
  outcome: LimitOutcome<Refused>,
): Promise<LimitSet | RefusalOf<'LedgerIdempotencyKeyReused'> | Refused> {
  if ('limitId' in outcome) {
    const limit = await findLimit(sql, outcome.limitId);
    if (limit === undefined) throw new Error(`Limit ${outcome.limitId} of a key is not there.`);
    return { limit, isReplay: outcome.status === 'REPLAYED' };
  }
  return outcome.status === 'KEY_REUSED' ? idempotencyKeyReused() : outcome.status;
}
