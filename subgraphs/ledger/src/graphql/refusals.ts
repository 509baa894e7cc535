import type { Refusal, RefusalCode } from '../domain/refusals.ts';
import { builder } from './builder.ts';
import { limitPeriod, limitSubject } from './limit-enums.ts';

const refusal = builder.interfaceRef<Refusal>('Refusal').implement({
  description: 'An outcome that a client can act on: the command was understood and not carried out.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Stable, for programs; also the name of the type.' }),
    message: t.exposeString('message', { description: 'For people.' }),
  }),
});

function refusalRef<Code extends RefusalCode>(code: Code) {
  return builder.objectRef<Extract<Refusal, { code: Code }>>(code);
}

function plainRefusal<Code extends RefusalCode>(code: Code, description: string) {
  return refusalRef(code).implement({ interfaces: [refusal], description });
}

export const invalidAmount = refusalRef('LedgerInvalidAmount').implement({
  interfaces: [refusal],
  description: 'The amount is out of its bounds.',
  fields: (t) => ({
    minimum: t.expose('minimum', { type: 'BigInt', description: 'The smallest amount, in the unit of the input.' }),
    maximum: t.expose('maximum', { type: 'BigInt', description: 'The largest amount, in the unit of the input.' }),
  }),
});

export const currencyMismatch = refusalRef('LedgerCurrencyMismatch').implement({
  interfaces: [refusal],
  description: "The purchase is in another currency than the program's.",
  fields: (t) => ({
    expectedCurrency: t.exposeString('expectedCurrency', { description: 'ISO 4217 code of the program.' }),
  }),
});

export const unknownHolder = plainRefusal(
  'LedgerUnknownHolder',
  'There is no such wallet, or it is of a merchant that the caller does not act for.',
);

export const merchantNotLive = plainRefusal('LedgerMerchantNotLive', 'The merchant is a draft or suspended.');

export const insufficientBalance = refusalRef('LedgerInsufficientBalance').implement({
  interfaces: [refusal],
  description: 'The wallet has less than would be taken from it.',
  fields: (t) => ({
    available: t.expose('available', { type: 'BigInt', description: 'Points that can be taken.' }),
  }),
});

export const idempotencyKeyReused = plainRefusal(
  'LedgerIdempotencyKeyReused',
  'The idempotency key was used with other input.',
);

export const invalidTime = refusalRef('LedgerInvalidTime').implement({
  interfaces: [refusal],
  description: 'The instant is too long ago, or ahead.',
  fields: (t) => ({
    earliest: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The earliest instant that is taken now; null means that there is none.',
      resolve: ({ earliest }) => earliest ?? null,
    }),
    latest: t.expose('latest', { type: 'DateTime', description: 'The latest instant that is taken now.' }),
  }),
});

export const invalidReference = plainRefusal(
  'LedgerInvalidReference',
  'The reference or reason is not 1 to 64 of A-Z a-z 0-9 . _ / -.',
);

export const noPointsEarned = refusalRef('LedgerNoPointsEarned').implement({
  interfaces: [refusal],
  description: 'The purchase is below the minimum, or rounds to no point.',
  fields: (t) => ({
    minimumPurchaseMinor: t.expose('minimumPurchaseMinor', {
      type: 'BigInt',
      description: 'The smallest purchase that earns a point, in minor units of the currency.',
    }),
  }),
});

export const unknownStore = plainRefusal(
  'LedgerUnknownStore',
  'The merchant has no such store, or it is not one that the caller works in.',
);

export const unknownTransaction = plainRefusal(
  'LedgerUnknownTransaction',
  'There is no such transaction, or it is of a merchant that the caller does not act for.',
);

export const alreadyReversed = plainRefusal(
  'LedgerAlreadyReversed',
  'Another transaction undid it before, or returns took back all that it earned.',
);

export const notReversible = plainRefusal('LedgerNotReversible', 'The transaction neither earned nor spent.');

const holdEndState = builder.enumType('LedgerHoldEndState', {
  description: 'How a hold ended.',
  values: {
    CAPTURED: { description: 'It was captured to its end.' },
    RELEASED: { description: 'It was given back.' },
    EXPIRED: { description: 'It ended by itself.' },
  } as const,
});

export const holdEnded = refusalRef('LedgerHoldEnded').implement({
  interfaces: [refusal],
  description: 'Nothing is held any more.',
  fields: (t) => ({ state: t.expose('state', { type: holdEndState, description: 'How the hold ended.' }) }),
});

export const holdExceeded = refusalRef('LedgerHoldExceeded').implement({
  interfaces: [refusal],
  description: 'More than the hold still has.',
  fields: (t) => ({ held: t.expose('held', { type: 'BigInt', description: 'What the hold still has.' }) }),
});

export const unknownHold = plainRefusal(
  'LedgerUnknownHold',
  'There is no such hold, or it is of a merchant that the caller does not act for.',
);

export const refundExceeded = refusalRef('LedgerRefundExceeded').implement({
  interfaces: [refusal],
  description: 'More than what was spent and not given back yet.',
  fields: (t) => ({
    refundable: t.expose('refundable', { type: 'BigInt', description: 'What can still be given back.' }),
  }),
});

export const returnExceeded = refusalRef('LedgerReturnExceeded').implement({
  interfaces: [refusal],
  description: 'More than what was bought and not returned yet.',
  fields: (t) => ({
    returnable: t.expose('returnable', {
      type: 'BigInt',
      description: 'What can still be returned, in minor units of the purchase.',
    }),
    lineId: t.exposeString('lineId', {
      nullable: true,
      description: 'The line that it is about; null for the purchase as a whole.',
    }),
  }),
});

export const unknownPurchaseLine = refusalRef('LedgerUnknownPurchaseLine').implement({
  interfaces: [refusal],
  description: 'The purchase had no such line.',
  fields: (t) => ({ lineId: t.exposeString('lineId', { description: 'The line that was named.' }) }),
});

export const invalidPurchaseLines = plainRefusal(
  'LedgerInvalidPurchaseLines',
  'The lines do not make the purchase: 1 to 100, each named once, which add up to its amount.',
);

export const limitExceeded = refusalRef('LedgerLimitExceeded').implement({
  interfaces: [refusal],
  description: 'More, or more often, than a limit lets move in its period.',
  fields: (t) => ({
    limitId: t.exposeID('limitId', { description: 'Identifier of the limit, `lim_…`.' }),
    countedPer: t.expose('countedPer', { type: limitSubject, description: 'What the limit counts together.' }),
    period: t.expose('period', { type: limitPeriod, description: 'How long it counts.' }),
    amountLeft: t.expose('amountLeft', {
      type: 'BigInt',
      nullable: true,
      description: 'What may still move in the period; null where amounts are not limited.',
    }),
    countLeft: t.expose('countLeft', {
      type: 'BigInt',
      nullable: true,
      description: 'How many times something may still move; null where the number is not limited.',
    }),
  }),
});

export const invalidLimit = refusalRef('LedgerInvalidLimit').implement({
  interfaces: [refusal],
  description: 'The terms of the limit contradict each other, or name what does not exist.',
  fields: (t) => ({
    field: t.string({
      description: 'The input field at fault.',
      resolve: ({ field }) => (field === 'amountMax' ? 'amountMaximum' : field),
    }),
  }),
});

export const tooManyLimits = refusalRef('LedgerTooManyLimits').implement({
  interfaces: [refusal],
  description: 'As many limits as may be are in force.',
  fields: (t) => ({ maximum: t.exposeInt('maximum', { description: 'How many may be.' }) }),
});

export const unknownLimit = plainRefusal(
  'LedgerUnknownLimit',
  'There is no such limit in force, or it is of a merchant that the caller does not act for.',
);

export const unknownMerchant = plainRefusal(
  'LedgerUnknownMerchant',
  'There is no such merchant, or it is not one that the caller acts for.',
);

export const groupRefused = plainRefusal(
  'LedgerGroupRefused',
  'Another command of the atomic group was refused, so this one was not carried out either.',
);

export const groupKeyUsed = plainRefusal(
  'LedgerGroupKeyUsed',
  'The key was used before, and not all keys of the atomic group were: a group is carried out, or repeated, as a whole. `operationResult` tells what the key did.',
);

export const forbidden = plainRefusal('LedgerForbidden', "The caller's role does not allow this one of the commands.");

export const invalidCommand = plainRefusal('LedgerInvalidCommand', 'The item holds no command, or more than one.');

export const invalidCommandCount = refusalRef('LedgerInvalidCommandCount').implement({
  interfaces: [refusal],
  description: 'There is no command, or there are more than are taken at once.',
  fields: (t) => ({ maximum: t.exposeInt('maximum', { description: 'How many are taken at once.' }) }),
});

/** The refusals that one command of many may bring, whichever it is. */
export const commandRefusals = [
  ...[invalidAmount, currencyMismatch, unknownHolder, unknownStore, merchantNotLive, insufficientBalance],
  ...[idempotencyKeyReused, invalidTime, invalidReference, noPointsEarned, unknownTransaction, alreadyReversed],
  ...[notReversible, unknownHold, holdEnded, holdExceeded, refundExceeded, returnExceeded, unknownPurchaseLine],
  ...[invalidPurchaseLines, limitExceeded, forbidden, invalidCommand, groupRefused, groupKeyUsed],
] as const;
