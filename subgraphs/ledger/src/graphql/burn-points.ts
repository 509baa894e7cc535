import { demandIdempotencyKey, idempotencyKeyDescription } from '@localplus/subgraph-server';
import { type BurnPoints, burnPoints } from '../commands/burn-points.ts';
import { builder } from './builder.ts';
import { referenceDescription } from './descriptions.ts';
import { asRequestFailure } from './failures.ts';
import { postedType, resultTypeOf } from './posted.ts';
import {
  idempotencyKeyReused,
  insufficientBalance,
  invalidAmount,
  invalidReference,
  invalidTime,
  limitExceeded,
  merchantNotLive,
  unknownHolder,
  unknownStore,
} from './refusals.ts';

export const burnPointsInput = builder.inputType('BurnPointsInput', {
  description: 'Points that are to be spent.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    walletId: t.id({ required: true, description: 'The wallet that spends, `wal_…`.' }),
    points: t.field({ type: 'BigInt', required: true, description: 'How many, 1 to 1,000,000,000.' }),
    storeId: t.id({ description: 'Where, `sto_…`. Staff who work in some stores may name only those.' }),
    reference: t.string({ description: referenceDescription }),
    occurredAt: t.field({
      type: 'DateTime',
      description:
        'When they were spent; now when left out. At most 72 hours ago (platform operators: without bound) and 60 seconds ahead. The balance of now counts.',
    }),
  }),
});

/** Reads the input as the command takes it. */
export function readBurnPoints(input: typeof burnPointsInput.$inferInput): BurnPoints {
  const { storeId, reference, occurredAt, ...spending } = input;
  return {
    ...spending,
    storeId: storeId ?? undefined,
    reference: reference ?? undefined,
    occurredAt: occurredAt ?? undefined,
  };
}

export const burnPointsSuccess = postedType('BurnPointsSuccess', 'The points were spent.');

const result = builder.unionType('BurnPointsResult', {
  description: 'What became of spending points.',
  types: [
    invalidAmount,
    insufficientBalance,
    unknownHolder,
    unknownStore,
    merchantNotLive,
    idempotencyKeyReused,
    invalidTime,
    invalidReference,
    limitExceeded,
    burnPointsSuccess,
  ],
  resolveType: resultTypeOf('BurnPointsSuccess'),
});

builder.mutationField('burnPoints', (t) =>
  t.field({
    type: result,
    description:
      "Takes points that are spent, never more than the wallet has. For staff of the wallet's merchant, its partners with POINTS_BURN, and platform operators.",
    authScopes: { burning: true },
    args: { input: t.arg({ type: burnPointsInput, required: true, description: 'How many, and whose.' }) },
    resolve: (_root, { input }, { services, caller }) => {
      demandIdempotencyKey(input.idempotencyKey);
      return asRequestFailure(services.logger, burnPoints(services.commands, readBurnPoints(input), caller));
    },
  }),
);
