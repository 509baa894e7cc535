import { toUuid } from '@localplus/identifiers';
import { idempotencyKeyDescription, isReplayDescription } from '@localplus/subgraph-server';
import type { Answered } from '../../commands/answer-once.ts';
import { type ChangeStatusResult, goLive, reinstateMerchant, suspendMerchant } from '../../commands/change-status.ts';
import { IdempotencyKeyReused, InvalidInput, InvalidStatus, MerchantUnknown, NotReady } from '../../domain/refusals.ts';
import { builder } from '../builder.ts';
import { merchantStatus } from '../enums.ts';
import { merchantVersionDescription } from './descriptions.ts';
import { runCommand } from './run-command.ts';

function statusSuccess(name: string, description: string) {
  return builder.objectRef<Answered<ChangeStatusResult>>(name).implement({
    description,
    fields: (t) => ({
      merchant: t.prismaField({
        type: 'Merchant',
        description: 'The merchant, as it is now.',
        resolve: (query, { merchantId }, _arguments, { services }) =>
          services.prisma.merchant.findUniqueOrThrow({ ...query, where: { id: toUuid(merchantId, 'mer') } }),
      }),
      status: t.expose('status', { type: merchantStatus, description: "The merchant's status after the change." }),
      merchantVersion: t.field({
        type: 'BigInt',
        description: merchantVersionDescription,
        resolve: ({ merchantVersion }) => BigInt(merchantVersion),
      }),
      isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
    }),
  });
}

const goLiveInput = builder.inputType('GoLiveInput', {
  description: 'The merchant that goes live.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    merchantId: t.id({ required: true, description: 'The merchant, `mer_…`.' }),
  }),
});

builder.mutationField('goLive', (t) =>
  t.field({
    type: statusSuccess('GoLiveSuccess', 'The merchant is live.'),
    description:
      'Takes a draft live, which it can once it has a store and a loyalty program. For owners and platform operators.',
    args: { input: t.arg({ type: goLiveInput, required: true, description: 'Which merchant.' }) },
    errors: {
      types: [MerchantUnknown, InvalidStatus, NotReady, IdempotencyKeyReused],
      union: { name: 'GoLiveResult', description: 'What became of going live.' },
    },
    resolve: (_root, { input: asked }, context) => runCommand(goLive, context, asked),
  }),
);

const suspendInput = builder.inputType('SuspendMerchantInput', {
  description: 'The merchant that is stopped, and why.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    merchantId: t.id({ required: true, description: 'The merchant, `mer_…`.' }),
    reason: t.string({
      required: true,
      description: 'Why, 1 to 200 characters. The owners and managers of the merchant read it.',
    }),
  }),
});

builder.mutationField('suspendMerchant', (t) =>
  t.field({
    type: statusSuccess('SuspendMerchantSuccess', 'The merchant is suspended.'),
    description: "Stops a live merchant's business; no points move from a second later on. For platform operators.",
    authScopes: { platformOperator: true },
    args: { input: t.arg({ type: suspendInput, required: true, description: 'Which merchant, and why.' }) },
    errors: {
      types: [InvalidInput, MerchantUnknown, InvalidStatus, IdempotencyKeyReused],
      union: { name: 'SuspendMerchantResult', description: 'What became of suspending a merchant.' },
    },
    resolve: (_root, { input: asked }, context) => runCommand(suspendMerchant, context, asked),
  }),
);

const reinstateInput = builder.inputType('ReinstateMerchantInput', {
  description: 'The merchant that may go on.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    merchantId: t.id({ required: true, description: 'The merchant, `mer_…`.' }),
  }),
});

builder.mutationField('reinstateMerchant', (t) =>
  t.field({
    type: statusSuccess('ReinstateMerchantSuccess', 'The merchant is live again.'),
    description: 'Lets a suspended merchant do business again. For platform operators.',
    authScopes: { platformOperator: true },
    args: { input: t.arg({ type: reinstateInput, required: true, description: 'Which merchant.' }) },
    errors: {
      types: [MerchantUnknown, InvalidStatus, IdempotencyKeyReused],
      union: { name: 'ReinstateMerchantResult', description: 'What became of reinstating a merchant.' },
    },
    resolve: (_root, { input: asked }, context) => runCommand(reinstateMerchant, context, asked),
  }),
);
