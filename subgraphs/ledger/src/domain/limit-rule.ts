import type { Bounds } from './bounds.ts';
import type { Movement } from './engine/limits.ts';
import { isAssetCode } from './input-rules.ts';
import type { ExceededLimit } from './operation.ts';

/** How much, or how often, may move in a period. Ids are UUIDs; amounts in the asset's smallest unit. */
export interface LimitTerms {
  /** Undefined: of every merchant. */
  merchantId: string | undefined;
  /** ISO 3166-1 alpha-2; undefined: in every country. */
  country: string | undefined;
  assetCode: string;
  movement: Movement;
  countedPer: ExceededLimit['countedPer'];
  period: ExceededLimit['period'];
  /** IANA name; where the period begins. */
  timeZone: string;
  amountMax: bigint | undefined;
  countMax: bigint | undefined;
}

/** A limit that was set. */
export interface Limit extends LimitTerms {
  /** UUID. */
  id: string;
  createdAt: Date;
  endedAt: Date | undefined;
}

/** What was used of a limit by one subject in the running period. */
export interface LimitUse {
  amount: bigint;
  count: bigint;
  /** When counting begins anew; undefined where the database does not know the time zone any more: then nothing is left. */
  periodEndsAt: Date | undefined;
}

/** What a maximum may be. Nothing at all may be what a merchant wants. */
export const limitMaximumBounds: Bounds = { minimum: 0n, maximum: 1_000_000_000_000_000n };

const countryForm = /^[A-Z]{2}$/;

/** The field of a limit's terms that contradicts the others or its own form; undefined where there is none. */
export function faultyField(terms: LimitTerms): keyof LimitTerms | undefined {
  const { merchantId, country, assetCode, countedPer, timeZone, amountMax, countMax } = terms;
  if (!isAssetCode(assetCode)) return 'assetCode';
  if (country !== undefined && !countryForm.test(country)) return 'country';
  if (countedPer === 'COUNTRY' && country === undefined) return 'country';
  if (countedPer === 'COUNTRY' && merchantId !== undefined) return 'countedPer';
  if (amountMax === undefined && countMax === undefined) return 'amountMax';
  return isTimeZone(timeZone) ? undefined : 'timeZone';
}

/** PostgreSQL reads a plain offset the other way round than everybody else: a zone has a name. */
const timeZoneForm = /^[A-Za-z]/;

function isTimeZone(name: string): boolean {
  if (!timeZoneForm.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
