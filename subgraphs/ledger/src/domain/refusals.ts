import type { Bounds } from './bounds.ts';
import type { TimeBounds } from './input-rules.ts';
import type { ExceededLimit } from './operation.ts';

interface Plain<Code extends string> {
  /** Also the name of the refusal's type in the schema. */
  code: Code;
  /** For a person who reads it at a till or in a log. */
  message: string;
}

/** An outcome of business that a client can act on; part of the schema, never an error of the request. */
export type Refusal =
  | (Plain<'LedgerInvalidAmount'> & Bounds)
  | (Plain<'LedgerCurrencyMismatch'> & { expectedCurrency: string })
  | Plain<'LedgerUnknownHolder'>
  | Plain<'LedgerMerchantNotLive'>
  | (Plain<'LedgerInsufficientBalance'> & { available: bigint })
  | Plain<'LedgerIdempotencyKeyReused'>
  | (Plain<'LedgerInvalidTime'> & TimeBounds)
  | Plain<'LedgerInvalidReference'>
  | (Plain<'LedgerNoPointsEarned'> & { minimumPurchaseMinor: bigint })
  | Plain<'LedgerUnknownStore'>
  | Plain<'LedgerUnknownTransaction'>
  | Plain<'LedgerAlreadyReversed'>
  | Plain<'LedgerNotReversible'>
  | (Plain<'LedgerHoldEnded'> & { state: 'CAPTURED' | 'RELEASED' | 'EXPIRED' })
  | (Plain<'LedgerHoldExceeded'> & { held: bigint })
  | Plain<'LedgerUnknownHold'>
  | (Plain<'LedgerRefundExceeded'> & { refundable: bigint })
  | (Plain<'LedgerReturnExceeded'> & { returnable: bigint; lineId: string | undefined })
  | (Plain<'LedgerUnknownPurchaseLine'> & { lineId: string })
  | Plain<'LedgerInvalidPurchaseLines'>
  | (Plain<'LedgerLimitExceeded'> & Omit<ExceededLimit, 'ruleId'> & { limitId: string })
  | Plain<'LedgerGroupRefused'>
  | (Plain<'LedgerInvalidLimit'> & { field: string })
  | (Plain<'LedgerTooManyLimits'> & { maximum: number })
  | Plain<'LedgerUnknownLimit'>
  | Plain<'LedgerUnknownMerchant'>
  | Plain<'LedgerGroupKeyUsed'>
  | Plain<'LedgerForbidden'>
  | Plain<'LedgerInvalidCommand'>
  | (Plain<'LedgerInvalidCommandCount'> & { maximum: number });

/** Why one command, alone or of many, was not carried out. */
export type CommandRefusal = Exclude<
  Refusal,
  {
    code:
      | 'LedgerInvalidCommandCount'
      | 'LedgerInvalidLimit'
      | 'LedgerTooManyLimits'
      | 'LedgerUnknownLimit'
      | 'LedgerUnknownMerchant';
  }
>;

/** Codes of all refusals. */
export type RefusalCode = Refusal['code'];

/** The refusals with these codes. */
export type RefusalOf<Code extends RefusalCode> = Extract<Refusal, { code: Code }>;

/** An amount outside of its bounds. */
export function invalidAmount(bounds: Bounds): RefusalOf<'LedgerInvalidAmount'> {
  const message = `The amount must lie between ${bounds.minimum} and ${bounds.maximum}.`;
  return { code: 'LedgerInvalidAmount', message, ...bounds };
}

/** A purchase in another currency than the program's. */
export function currencyMismatch(expectedCurrency: string): RefusalOf<'LedgerCurrencyMismatch'> {
  const message = `Purchases of this program are made in ${expectedCurrency}.`;
  return { code: 'LedgerCurrencyMismatch', message, expectedCurrency };
}

/** No such holder, or one of a merchant that is not the caller's: one answer for both. */
export function unknownHolder(): RefusalOf<'LedgerUnknownHolder'> {
  return { code: 'LedgerUnknownHolder', message: 'There is no such wallet.' };
}

/** The merchant is a draft or suspended. */
export function merchantNotLive(): RefusalOf<'LedgerMerchantNotLive'> {
  return { code: 'LedgerMerchantNotLive', message: 'The merchant is not live: no points move now.' };
}

/** More than the holder has. */
export function insufficientBalance(available: bigint): RefusalOf<'LedgerInsufficientBalance'> {
  const message = `Only ${available} can be taken.`;
  return { code: 'LedgerInsufficientBalance', message, available };
}

/** The key belongs to a command with other input; nothing of that input is told. */
export function idempotencyKeyReused(): RefusalOf<'LedgerIdempotencyKeyReused'> {
  return { code: 'LedgerIdempotencyKeyReused', message: 'This idempotency key was used with other input.' };
}

/** An instant too long ago, or ahead. */
export function invalidTime(bounds: TimeBounds): RefusalOf<'LedgerInvalidTime'> {
  const from = bounds.earliest === undefined ? '' : `not before ${bounds.earliest.toISOString()} and `;
  const message = `The instant must lie ${from}not after ${bounds.latest.toISOString()}.`;
  return { code: 'LedgerInvalidTime', message, ...bounds };
}

/**
 * A text that may not stand in the journal.
 * @param field the input field at fault, for instance `reference`
 */
export function invalidReference(field: string): RefusalOf<'LedgerInvalidReference'> {
  const message = `The ${field} is 1 to 64 letters, digits, points, underscores, slashes and hyphens.`;
  return { code: 'LedgerInvalidReference', message };
}

/** A purchase below the minimum, or one that rounds to no point. */
export function noPointsEarned(minimumPurchaseMinor: bigint): RefusalOf<'LedgerNoPointsEarned'> {
  const message = `A purchase earns points from ${minimumPurchaseMinor} minor units on.`;
  return { code: 'LedgerNoPointsEarned', message, minimumPurchaseMinor };
}

/** A store that is not the merchant's, or not one that the caller works in. */
export function unknownStore(): RefusalOf<'LedgerUnknownStore'> {
  return { code: 'LedgerUnknownStore', message: 'The merchant has no such store, or it is not one of yours.' };
}

/** No such transaction, or one of a merchant that is not the caller's: one answer for both. */
export function unknownTransaction(): RefusalOf<'LedgerUnknownTransaction'> {
  return { code: 'LedgerUnknownTransaction', message: 'There is no such transaction.' };
}

/** Another transaction undid it. */
export function alreadyReversed(): RefusalOf<'LedgerAlreadyReversed'> {
  return { code: 'LedgerAlreadyReversed', message: 'The transaction was reversed before.' };
}

/** The transaction neither earned nor spent. */
export function notReversible(): RefusalOf<'LedgerNotReversible'> {
  const message = 'Only what earned or spent can be undone. What undid something is final: post it again instead.';
  return { code: 'LedgerNotReversible', message };
}

/** The hold has ended before. */
export function holdEnded(state: 'CAPTURED' | 'RELEASED' | 'EXPIRED'): RefusalOf<'LedgerHoldEnded'> {
  const ended = { CAPTURED: 'was captured to its end', RELEASED: 'was released', EXPIRED: 'has expired' }[state];
  return { code: 'LedgerHoldEnded', message: `The hold ${ended}: nothing is held any more.`, state };
}

/** More than the hold still has. */
export function holdExceeded(held: bigint): RefusalOf<'LedgerHoldExceeded'> {
  return { code: 'LedgerHoldExceeded', message: `The hold has only ${held} left.`, held };
}

/** No such hold, or one of a merchant that is not the caller's: one answer for both. */
export function unknownHold(): RefusalOf<'LedgerUnknownHold'> {
  return { code: 'LedgerUnknownHold', message: 'There is no such hold.' };
}

/** More than what was spent and not given back yet. */
export function refundExceeded(refundable: bigint): RefusalOf<'LedgerRefundExceeded'> {
  return { code: 'LedgerRefundExceeded', message: `Only ${refundable} can be given back.`, refundable };
}

/** More than what was bought and not returned yet. */
export function returnExceeded(returnable: bigint, lineId: string | undefined): RefusalOf<'LedgerReturnExceeded'> {
  const of = lineId === undefined ? 'the purchase' : `line ${lineId}`;
  const message = `Of ${of} only ${returnable} minor units can be returned.`;
  return { code: 'LedgerReturnExceeded', message, returnable, lineId };
}

/** A line that the purchase did not have. */
export function unknownLine(lineId: string): RefusalOf<'LedgerUnknownPurchaseLine'> {
  return { code: 'LedgerUnknownPurchaseLine', message: `The purchase has no line ${lineId}.`, lineId };
}

/** Lines that do not make the purchase. */
export function invalidPurchaseLines(): RefusalOf<'LedgerInvalidPurchaseLines'> {
  const message = 'Lines are 1 to 100, each named once by letters, digits, . _ / and -, and add up to the purchase.';
  return { code: 'LedgerInvalidPurchaseLines', message };
}

/** More, or more often, than a limit lets move in its period. */
export function limitExceeded(
  limit: Omit<ExceededLimit, 'ruleId'> & { limitId: string },
): RefusalOf<'LedgerLimitExceeded'> {
  const left = limit.countLeft === 0n ? 'nothing' : (limit.amountLeft ?? 'nothing');
  const message = `A limit per ${limit.countedPer.toLowerCase()} and ${limit.period.toLowerCase()} leaves ${left}.`;
  return { code: 'LedgerLimitExceeded', message, ...limit };
}

/** Another command of an atomic group was refused, so none was carried out. */
export function groupRefused(): RefusalOf<'LedgerGroupRefused'> {
  return { code: 'LedgerGroupRefused', message: 'Another command of the group was refused: none was carried out.' };
}

const limitRules: Record<string, string> = {
  assetCode: 'It is three letters of a currency, or the points of a program of the merchant.',
  country: 'It is two capital letters (ISO 3166-1); a limit that is counted for a country names it.',
  countedPer: 'What all merchants of a country move together cannot be the limit of one of them.',
  amountMax: 'A limit has a largest amount, a largest number, or both.',
  timeZone: 'It is a name of the IANA time zone database, for instance Europe/Paris.',
};

/**
 * Terms of a limit that contradict each other, or a form.
 * @param field the term at fault, as `LimitTerms` names it
 */
export function invalidLimit(field: string): RefusalOf<'LedgerInvalidLimit'> {
  return { code: 'LedgerInvalidLimit', message: limitRules[field] ?? `The ${field} cannot be that.`, field };
}

/** As many limits as may be are in force. */
export function tooManyLimits(maximum: number): RefusalOf<'LedgerTooManyLimits'> {
  const message = `${maximum} limits are in force, and no more can be: end one of them first.`;
  return { code: 'LedgerTooManyLimits', message, maximum };
}

/** No such limit in force, or one of a merchant that is not the caller's: one answer for both. */
export function unknownLimit(): RefusalOf<'LedgerUnknownLimit'> {
  return { code: 'LedgerUnknownLimit', message: 'There is no such limit in force.' };
}

/** No such merchant, or one that is not the caller's: one answer for both. */
export function unknownMerchant(): RefusalOf<'LedgerUnknownMerchant'> {
  return { code: 'LedgerUnknownMerchant', message: 'There is no such merchant.' };
}

/** A key of an atomic group was used before, and not all of its keys were: the group is another one than before. */
export function groupKeyUsed(): RefusalOf<'LedgerGroupKeyUsed'> {
  const message = 'This key was used before, and not all keys of the group were: none of it was carried out now.';
  return { code: 'LedgerGroupKeyUsed', message };
}

/** One command of many that the caller's role does not allow; alone it fails as a request. */
export function forbidden(): RefusalOf<'LedgerForbidden'> {
  return { code: 'LedgerForbidden', message: 'Your role does not allow this command.' };
}

/** An item that holds no command, or several. */
export function invalidCommand(): RefusalOf<'LedgerInvalidCommand'> {
  return { code: 'LedgerInvalidCommand', message: 'Each item holds exactly one command.' };
}

/** No command at all, or more than are taken at once. */
export function invalidCommandCount(maximum: number): RefusalOf<'LedgerInvalidCommandCount'> {
  return { code: 'LedgerInvalidCommandCount', message: `1 to ${maximum} commands are taken at once.`, maximum };
}
