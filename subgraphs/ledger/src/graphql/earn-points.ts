import { demandIdempotencyKey, idempotencyKeyDescription } from '@localplus/subgraph-server';
import { earnPoints } from '../commands/earn-points.ts';
import { builder } from './builder.ts';
import { asRequestFailure } from './failures.ts';
import { postedType, referenceDescription, resultTypeOf } from './posted.ts';
import {
  currencyMismatch,
  idempotencyKeyReused,
  invalidAmount,
  invalidReference,
  invalidTime,
  limitExceeded,
  merchantNotLive,
  noPointsEarned,
  unknownHolder,
  unknownStore,
} from './refusals.ts';

const purchaseInput = builder.inputType('PurchaseInput', {
  description: 'What a customer paid.',
  fields: (t) => ({
    amountMinor: t.field({
      type: 'BigInt',
      required: true,
      description: 'Amount in minor units of the currency (cents for EUR), 1 to 100,000,000.',
    }),
    currency: t.string({ required: true, description: "ISO 4217 code; the program's currency." }),
  }),
});

const input = builder.inputType('EarnPointsInput', {
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

const payload = postedType('EarnPointsSuccess', 'The purchase earned points.');

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
    limitExceeded,
    noPointsEarned,
    payload,
  ],
  resolveType: resultTypeOf('EarnPointsSuccess'),
});

builder.mutationField('earnPoints', (t) =>
  t.field({
    type: result,
    description:
      "Grants the points that a purchase earns by the program's terms. For staff of the wallet's merchant, its partners with POINTS_EARN, and platform operators.",
    authScopes: { earning: true },
    args: { input: t.arg({ type: input, required: true, description: 'The purchase.' }) },
    resolve: (_root, { input: { storeId, reference, occurredAt, ...purchase } }, { services, caller }) => {
      demandIdempotencyKey(purchase.idempotencyKey);
      const command = {
        ...purchase,
        storeId: storeId ?? undefined,
        reference: reference ?? undefined,
        occurredAt: occurredAt ?? undefined,
      };
      return asRequestFailure(services.logger, earnPoints(services.commands, command, caller));
    },
  }),
);
