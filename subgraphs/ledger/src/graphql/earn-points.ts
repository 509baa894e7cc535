import { demandIdempotencyKey, idempotencyKeyDescription } from '@localplus/subgraph-server';
import { type EarnPoints, earnPoints } from '../commands/earn-points.ts';
import { builder } from './builder.ts';
import { referenceDescription } from './descriptions.ts';
import { asRequestFailure } from './failures.ts';
import { postedType, resultTypeOf } from './posted.ts';
import {
  currencyMismatch,
  idempotencyKeyReused,
  invalidAmount,
  invalidPurchaseLines,
  invalidReference,
  invalidTime,
  limitExceeded,
  merchantNotLive,
  noPointsEarned,
  unknownHolder,
  unknownStore,
} from './refusals.ts';

const purchaseLineInput = builder.inputType('PurchaseLineInput', {
  description: 'A line of a purchase.',
  fields: (t) => ({
    lineId: t.string({
      required: true,
      description: "The line's name in the caller's receipt. 1 to 64 of A-Z a-z 0-9 . _ / -, no personal data.",
    }),
    amountMinor: t.field({ type: 'BigInt', required: true, description: 'Its amount in minor units, above zero.' }),
  }),
});

const purchaseInput = builder.inputType('PurchaseInput', {
  description: 'What a customer paid.',
  fields: (t) => ({
    amountMinor: t.field({
      type: 'BigInt',
      required: true,
      description: 'Amount in minor units of the currency (cents for EUR), 1 to 100,000,000.',
    }),
    currency: t.string({ required: true, description: "ISO 4217 code; the program's currency." }),
    lines: t.field({
      type: [purchaseLineInput],
      description:
        'What it was made of, so that lines of it can be returned: 1 to 100, each named once, adding up to the amount.',
    }),
  }),
});

export const earnPointsInput = builder.inputType('EarnPointsInput', {
  description: 'A purchase that is to earn points.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    walletId: t.id({ required: true, description: 'The wallet that earns, `wal_…`.' }),
    purchase: t.field({ type: purchaseInput, required: true, description: 'What was paid.' }),
    storeId: t.id({ description: 'Where, `sto_…`. Staff who work in some stores may name only those.' }),
    reference: t.string({ description: referenceDescription }),
    occurredAt: t.field({
      type: 'DateTime',
      description:
        'When the purchase was made; now when left out. At most 72 hours ago (platform operators: without bound) and 60 seconds ahead. The terms in force then count.',
    }),
  }),
});

/** Reads the input as the command takes it. */
export function readEarnPoints(input: typeof earnPointsInput.$inferInput): EarnPoints {
  const { storeId, reference, occurredAt, purchase, ...earning } = input;
  return {
    ...earning,
    purchase: { ...purchase, lines: purchase.lines ?? undefined },
    storeId: storeId ?? undefined,
    reference: reference ?? undefined,
    occurredAt: occurredAt ?? undefined,
  };
}

export const earnPointsSuccess = postedType('EarnPointsSuccess', 'The purchase earned points.');

const result = builder.unionType('EarnPointsResult', {
  description: 'What became of earning points.',
  types: [
    invalidAmount,
    currencyMismatch,
    unknownHolder,
    unknownStore,
    merchantNotLive,
    idempotencyKeyReused,
    invalidTime,
    invalidReference,
    invalidPurchaseLines,
    limitExceeded,
    noPointsEarned,
    earnPointsSuccess,
  ],
  resolveType: resultTypeOf('EarnPointsSuccess'),
});

builder.mutationField('earnPoints', (t) =>
  t.field({
    type: result,
    description:
      "Grants the points that a purchase earns by the program's terms. For staff of the wallet's merchant, its partners with POINTS_EARN, and platform operators.",
    authScopes: { earning: true },
    args: { input: t.arg({ type: earnPointsInput, required: true, description: 'The purchase.' }) },
    resolve: (_root, { input }, { services, caller }) => {
      demandIdempotencyKey(input.idempotencyKey);
      return asRequestFailure(services.logger, earnPoints(services.commands, readEarnPoints(input), caller));
    },
  }),
);
