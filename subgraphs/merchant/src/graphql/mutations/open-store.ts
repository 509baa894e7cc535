import { toUuid } from '@localplus/identifiers';
import { idempotencyKeyDescription, isReplayDescription } from '@localplus/subgraph-server';
import type { Answered } from '../../commands/answer-once.ts';
import { type OpenStoreResult, openStore } from '../../commands/open-store.ts';
import { IdempotencyKeyReused, InvalidInput, LimitReached, MerchantUnknown } from '../../domain/refusals.ts';
import { builder } from '../builder.ts';
import { merchantVersionDescription } from './descriptions.ts';
import { runCommand } from './run-command.ts';

const input = builder.inputType('OpenStoreInput', {
  description: 'A store, and the merchant that opens it.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    merchantId: t.id({ required: true, description: 'The merchant, `mer_…`.' }),
    name: t.string({ required: true, description: 'What the store is called, 1 to 100 characters.' }),
    city: t.string({ required: true, description: 'Where it is, 1 to 100 characters.' }),
  }),
});

const success = builder.objectRef<Answered<OpenStoreResult>>('OpenStoreSuccess').implement({
  description: 'The store is open.',
  fields: (t) => ({
    store: t.prismaField({
      type: 'Store',
      description: 'The store.',
      resolve: (query, { storeId }, _arguments, { services }) =>
        services.prisma.store.findUniqueOrThrow({ ...query, where: { id: toUuid(storeId, 'sto') } }),
    }),
    merchantVersion: t.field({
      type: 'BigInt',
      description: merchantVersionDescription,
      resolve: ({ merchantVersion }) => BigInt(merchantVersion),
    }),
    isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
  }),
});

builder.mutationField('openStore', (t) =>
  t.field({
    type: success,
    description: 'Opens a store. For owners.',
    args: { input: t.arg({ type: input, required: true, description: 'Which store, and whose.' }) },
    errors: {
      types: [InvalidInput, MerchantUnknown, LimitReached, IdempotencyKeyReused],
      union: { name: 'OpenStoreResult', description: 'What became of opening a store.' },
    },
    resolve: (_root, { input: asked }, context) => runCommand(openStore, context, asked),
  }),
);
