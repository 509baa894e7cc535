import type { Refusal, RefusalCode } from '../domain/refusals.ts';
import { builder } from './builder.ts';

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

export const alreadyReversed = plainRefusal('LedgerAlreadyReversed', 'Another transaction undid it before.');

export const notReversible = plainRefusal('LedgerNotReversible', 'The transaction is itself a reversal.');
