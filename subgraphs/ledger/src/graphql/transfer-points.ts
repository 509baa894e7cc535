import { demandIdempotencyKey, idempotencyKeyDescription } from '@localplus/subgraph-server';
import { transferPoints } from '../commands/transfer-points.ts';
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

const input = builder.inputType('TransferPointsInput', {
  description: 'Points that are to go to another wallet.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    fromWalletId: t.id({ required: true, description: 'The wallet that gives, `wal_…`.' }),
    toWalletId: t.id({ required: true, description: 'The wallet that gets, `wal_…`; of the same program.' }),
    points: t.field({ type: 'BigInt', required: true, description: 'How many, 1 to 1,000,000,000.' }),
    reference: t.string({ description: referenceDescription }),
  }),
});

const payload = postedType(
  'TransferPointsSuccess',
  'The points went over. Balances are those of the wallet that gave.',
);

const result = builder.unionType('TransferPointsResult', {
  description: 'What became of moving points to another wallet.',
  types: [
    ...[invalidAmount, insufficientBalance, unknownHolder, merchantNotLive, idempotencyKeyReused],
    ...[invalidReference, limitExceeded, payload],
  ],
  resolveType: resultTypeOf('TransferPointsSuccess'),
});

builder.mutationField('transferPoints', (t) =>
  t.field({
    type: result,
    description:
      'Moves points to another wallet of the same program, those that end soonest first. They keep their dates. For owners and managers of the merchant, and platform operators.',
    authScopes: { reversing: true },
    args: { input: t.arg({ type: input, required: true, description: 'From whom, to whom, and how many.' }) },
    resolve: (_root, { input: { reference, ...transfer } }, { services, caller }) => {
      demandIdempotencyKey(transfer.idempotencyKey);
      const command = { ...transfer, reference: reference ?? undefined };
      return asRequestFailure(services.logger, transferPoints(services.commands, command, caller));
    },
  }),
);
