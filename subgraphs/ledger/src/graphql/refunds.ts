import { demandIdempotencyKey, idempotencyKeyDescription } from '@localplus/subgraph-server';
import { type RefundTransaction, refundTransaction } from '../commands/refund-transaction.ts';
import { type ReturnPurchase, returnPurchase } from '../commands/return-purchase.ts';
import { builder } from './builder.ts';
import { asRequestFailure } from './failures.ts';
import { postedType, resultTypeOf } from './posted.ts';
import {
  alreadyReversed,
  idempotencyKeyReused,
  invalidAmount,
  invalidPurchaseLines,
  invalidReference,
  merchantNotLive,
  notReversible,
  refundExceeded,
  returnExceeded,
  unknownPurchaseLine,
  unknownTransaction,
} from './refusals.ts';

const reasonDescription =
  'Why, as a code, for instance `wrong-size`. 1 to 64 of A-Z a-z 0-9 . _ / -, no personal data.';

export const refundTransactionInput = builder.inputType('RefundTransactionInput', {
  description: 'Spent points that are to be given back.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    transactionId: t.id({ required: true, description: 'The transaction that spent them, `trx_…`.' }),
    points: t.field({ type: 'BigInt', description: 'How many; all that were not given back yet when left out.' }),
    reason: t.string({ required: true, description: reasonDescription }),
  }),
});

const lineInput = builder.inputType('ReturnedLineInput', {
  description: 'A line of a purchase that comes back.',
  fields: (t) => ({
    lineId: t.string({ required: true, description: 'The line, as it was named when the purchase earned.' }),
    amountMinor: t.field({ type: 'BigInt', description: 'How much of it, in minor units; all of it when left out.' }),
  }),
});

export const returnPurchaseInput = builder.inputType('ReturnPurchaseInput', {
  description: 'What of a purchase comes back: either an amount, or lines.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    transactionId: t.id({ required: true, description: 'The transaction in which the purchase earned, `trx_…`.' }),
    amountMinor: t.field({
      type: 'BigInt',
      description: 'How much comes back, in minor units. Not together with lines.',
    }),
    lines: t.field({ type: [lineInput], description: 'Which lines come back, 1 to 100. Not together with an amount.' }),
    spentTransactionId: t.id({
      description:
        'The transaction that spent points in the same purchase, `trx_…`: they are given back in proportion.',
    }),
    reason: t.string({ required: true, description: reasonDescription }),
  }),
});

/** Reads the input as the command takes it. */
export function readRefundTransaction(input: typeof refundTransactionInput.$inferInput): RefundTransaction {
  return { ...input, points: input.points ?? undefined };
}

/** Reads the input as the command takes it. */
export function readReturnPurchase(input: typeof returnPurchaseInput.$inferInput): ReturnPurchase {
  return {
    ...input,
    amountMinor: input.amountMinor ?? undefined,
    lines: input.lines?.map(({ lineId, amountMinor }) => ({ lineId, amountMinor: amountMinor ?? undefined })),
    spentTransactionId: input.spentTransactionId ?? undefined,
  };
}

export const refundTransactionSuccess = postedType('RefundTransactionSuccess', 'Points were given back.');
export const returnPurchaseSuccess = postedType(
  'ReturnPurchaseSuccess',
  'What the returned part had earned was taken back; `transaction.uncollected` says what could not be.',
);

const refundResult = builder.unionType('RefundTransactionResult', {
  description: 'What became of giving back spent points.',
  types: [
    ...[unknownTransaction, notReversible, refundExceeded, invalidAmount, merchantNotLive],
    ...[idempotencyKeyReused, invalidReference, refundTransactionSuccess],
  ],
  resolveType: resultTypeOf('RefundTransactionSuccess'),
});

const returnResult = builder.unionType('ReturnPurchaseResult', {
  description: 'What became of returning a purchase.',
  types: [
    ...[unknownTransaction, notReversible, alreadyReversed, returnExceeded, unknownPurchaseLine, invalidPurchaseLines],
    ...[invalidAmount, merchantNotLive, idempotencyKeyReused, invalidReference, returnPurchaseSuccess],
  ],
  resolveType: resultTypeOf('ReturnPurchaseSuccess'),
});

builder.mutationFields((t) => ({
  refundTransaction: t.field({
    type: refundResult,
    description:
      "Gives back points that a transaction spent, to the lots that they came from; never more, in all, than it spent. What has expired since comes back with the days of grace of the program's terms. For owners and managers of its merchant, its partners with POINTS_BURN, and platform operators.",
    authScopes: { burning: true },
    args: { input: t.arg({ type: refundTransactionInput, required: true, description: 'Which one, and how many.' }) },
    resolve: (_root, { input }, { services, caller }) => {
      demandIdempotencyKey(input.idempotencyKey);
      const command = readRefundTransaction(input);
      return asRequestFailure(services.logger, refundTransaction(services.commands, command, caller));
    },
  }),
  returnPurchase: t.field({
    type: returnResult,
    description:
      "Takes back what the returned part of a purchase had earned, and gives back what was spent in it, in proportion. What was spent since is owed as far as the program's terms say. For staff of its merchant, its partners with POINTS_EARN, and platform operators.",
    authScopes: { earning: true },
    args: {
      input: t.arg({ type: returnPurchaseInput, required: true, description: 'Which purchase, and what of it.' }),
    },
    resolve: (_root, { input }, { services, caller }) => {
      demandIdempotencyKey(input.idempotencyKey);
      return asRequestFailure(services.logger, returnPurchase(services.commands, readReturnPurchase(input), caller));
    },
  }),
}));
