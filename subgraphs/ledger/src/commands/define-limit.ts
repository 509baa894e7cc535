import { newId, parseId, toUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { sqlState } from '@localplus/postgres';
import { isWithin } from '../domain/bounds.ts';
import { faultyField, type LimitTerms, limitMaximumBounds } from '../domain/limit-rule.ts';
import { invalidAmount, invalidLimit, type RefusalOf, tooManyLimits, unknownMerchant } from '../domain/refusals.ts';
import type { Sql } from '../store/connection.ts';
import { defineLimit as begin, findTimeZone, isProgramAsset } from '../store/limit-rows.ts';
import { type LimitSet, limitKeyOf, limitSet, maySetLimits } from './limit-commands.ts';

/** A limit that is to be kept from now on. Ids in TypeID form. */
export interface DefineLimit extends Omit<LimitTerms, 'merchantId' | 'timeZone'> {
  idempotencyKey: string;
  /** Undefined: of every merchant; for platform operators. */
  merchantId: string | undefined;
  /** IANA name; the merchant's own, where it is left out. */
  timeZone: string | undefined;
}

/** Each is a row that postings of the merchant lock, one after another: more would only make tills wait. */
const inForceMax = 32;
/** PostgreSQL does not know a name that JavaScript knows. */
const invalidParameterState = '22023';

type Refused = RefusalOf<
  | 'LedgerInvalidLimit'
  | 'LedgerInvalidAmount'
  | 'LedgerTooManyLimits'
  | 'LedgerUnknownMerchant'
  | 'LedgerIdempotencyKeyReused'
>;

/**
 * Sets a limit. It counts what moves from now on.
 * @throws Forbidden
 */
export async function defineLimit(
  sql: Sql,
  { idempotencyKey, merchantId: merchant, timeZone, ...more }: DefineLimit,
  caller: Caller,
): Promise<LimitSet | Refused> {
  const merchantId = merchant === undefined ? undefined : parseId(merchant, 'mer');
  if (merchant !== undefined && merchantId === undefined) return unknownMerchant();
  if (!maySetLimits(caller, merchantId)) return unknownMerchant();
  const ownTimeZone = merchantId === undefined ? undefined : await findTimeZone(sql, merchantId);
  if (merchantId !== undefined && ownTimeZone === undefined) return unknownMerchant();

  const terms: LimitTerms = { ...more, merchantId, timeZone: timeZone ?? ownTimeZone ?? '' };
  const fault = await faultOf(sql, terms);
  if (fault !== undefined) return fault;
  const { country, assetCode, movement, countedPer, period, amountMax, countMax } = terms;
  const input = [merchant, country, assetCode, movement, countedPer, period, timeZone, amountMax, countMax];
  const key = limitKeyOf(merchantId, idempotencyKey, ['defineLimit', ...input]);
  try {
    const id = toUuid(newId('lim'), 'lim');
    const result = await limitSet(sql, await begin(sql, key, { ...terms, id, inForceMax }));
    return result === 'TOO_MANY' ? tooManyLimits(inForceMax) : result;
  } catch (error) {
    if (sqlState(error) === invalidParameterState) return invalidLimit('timeZone');
    throw error;
  }
}

async function faultOf(
  sql: Sql,
  terms: LimitTerms,
): Promise<RefusalOf<'LedgerInvalidLimit' | 'LedgerInvalidAmount'> | undefined> {
  const field = faultyField(terms);
  if (field !== undefined) return invalidLimit(field);
  const maximums = [terms.amountMax, terms.countMax].filter((maximum) => maximum !== undefined);
  if (!maximums.every((maximum) => isWithin(limitMaximumBounds, maximum))) return invalidAmount(limitMaximumBounds);
  const isPoints = terms.assetCode.startsWith('PTS.');
  if (isPoints && !(await isProgramAsset(sql, terms.assetCode, terms.merchantId))) return invalidLimit('assetCode');
  return undefined;
}
