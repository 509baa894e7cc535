import { demandIdempotencyKey, idempotencyKeyDescription } from '@localplus/subgraph-server';
import { type TransferPoints, transferPoints } from '../commands/transfer-points.ts';
import { builder } from './builder.ts';
import { referenceDescription } from './descriptions.ts';
import { asRequestFailure } from './failures.ts';
import { postedType, resultTypeOf } from './posted.ts';
import {
  idempotencyKeyReused,
  insufficientBalance,
  invalidAmount,
  invalidReference,
  limitExceeded,
  merchantNotLive,
  unknownHolder,
} from './refusals.ts';

export const transferPointsInput = builder.inputType('TransferPointsInput', {
  description: 'Points that are to go to another wallet.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    fromWalletId: t.id({ required: true, description: 'The wallet that gives, `wal_…`.' }),
    toWalletId: t.id({ required: true, description: 'The wallet that gets, `wal_…`; of the same program.' }),
    points: t.field({ type: 'BigInt', required: true, description: 'How many, 1 to 1,000,000,000.' }),
    reference: t.string({ description: referenceDescription }),
  }),
});

/** Reads the input as the command takes it. */
export function readTransferPoints(input: typeof transferPointsInput.$inferInput): TransferPoints {
  return { ...input, reference: input.reference ?? undefined };
}

export const transferPointsSuccess = postedType(
  'TransferPointsSuccess',
  'The points went over. Balances are those of the wallet that gave.',
);

const result = builder.unionType('TransferPointsResult', {
  description: 'What became of moving points to another wallet.',
  types: [
    ...[invalidAmount, insufficientBalance, unknownHolder, merchantNotLive, idempotencyKeyReused],
    ...[invalidReference, limitExceeded, transferPointsSuccess],
  ],
  resolveType: resultTypeOf('TransferPointsSuccess'),
});

builder.mutationField('transferPoints', (t) =>
  t.field({
    type: result,
    description:
      'Moves points to another wallet of the same program, those that end soonest first. They keep their dates. For owners and managers of the merchant, and platform operators.',
    authScopes: { reversing: true },
    args: {
      input: t.arg({ type: transferPointsInput, required: true, description: 'From whom, to whom, and how many.' }),
    },
    resolve: (_root, { input }, { services, caller }) => {
      demandIdempotencyKey(input.idempotencyKey);
      return asRequestFailure(services.logger, transferPoints(services.commands, readTransferPoints(input), caller));
    },
  }),
);
