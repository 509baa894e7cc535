import { demandIdempotencyKey, idempotencyKeyDescription } from '@localplus/subgraph-server';
import { reverseTransaction } from '../commands/reverse-transaction.ts';
import { builder } from './builder.ts';
import { asRequestFailure } from './failures.ts';
import { postedType, resultTypeOf } from './posted.ts';
import {
  alreadyReversed,
  idempotencyKeyReused,
  insufficientBalance,
  invalidAmount,
  invalidReference,
  merchantNotLive,
  notReversible,
  refundExceeded,
  unknownTransaction,
} from './refusals.ts';

export const reverseTransactionInput = builder.inputType('ReverseTransactionInput', {
  description: 'A transaction that is to be undone.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    transactionId: t.id({ required: true, description: 'The transaction, `trx_…`.' }),
    reason: t.string({
      required: true,
      description: 'Why, as a code, for instance `wrong-customer`. 1 to 64 of A-Z a-z 0-9 . _ / -, no personal data.',
    }),
  }),
});

export const reverseTransactionSuccess = postedType(
  'ReverseTransactionSuccess',
  'The transaction was undone by another one.',
);

const result = builder.unionType('ReverseTransactionResult', {
  description: 'What became of undoing a transaction.',
  types: [
    unknownTransaction,
    alreadyReversed,
    notReversible,
    refundExceeded,
    insufficientBalance,
    invalidAmount,
    merchantNotLive,
    idempotencyKeyReused,
    invalidReference,
    reverseTransactionSuccess,
  ],
  resolveType: resultTypeOf('ReverseTransactionSuccess'),
});

builder.mutationField('reverseTransaction', (t) =>
  t.field({
    type: result,
    description:
      'Undoes a transaction, once, by one that moves everything back. Earned points that were spent since cannot be taken back. For owners and managers of its merchant, and platform operators.',
    authScopes: { reversing: true },
    args: { input: t.arg({ type: reverseTransactionInput, required: true, description: 'Which one, and why.' }) },
    resolve: (_root, { input }, { services, caller }) => {
      demandIdempotencyKey(input.idempotencyKey);
      return asRequestFailure(services.logger, reverseTransaction(services.commands, input, caller));
    },
  }),
);
