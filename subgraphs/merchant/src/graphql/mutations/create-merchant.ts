import { toUuid } from '@localplus/identifiers';
import { idempotencyKeyDescription, isReplayDescription } from '@localplus/subgraph-server';
import type { Answered } from '../../commands/answer-once.ts';
import { type CreateMerchantResult, createMerchant } from '../../commands/create-merchant.ts';
import { IdempotencyKeyReused, InvalidInput } from '../../domain/refusals.ts';
import { builder } from '../builder.ts';
import { loginInput } from './login-input.ts';
import { runCommand } from './run-command.ts';

const ownerInput = builder.inputType('MerchantOwnerInput', {
  description: 'Who owns a merchant first.',
  fields: (t) => ({
    login: t.field({ type: loginInput, required: true, description: 'How they sign in.' }),
    displayName: t.string({ required: true, description: 'The name that colleagues see, 1 to 100 characters.' }),
  }),
});

const input = builder.inputType('CreateMerchantInput', {
  description: 'A merchant and its first owner.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    name: t.string({ required: true, description: 'The name that consumers know, 1 to 100 characters.' }),
    legalName: t.string({ required: true, description: 'The name in the commercial register, 1 to 200 characters.' }),
    country: t.string({ required: true, description: 'ISO 3166-1 code of two letters, for instance `FR`.' }),
    timeZone: t.string({
      required: true,
      description: 'IANA name, for instance `Europe/Paris`: days, dates and months of its terms are meant in it.',
    }),
    currency: t.string({ required: true, description: 'ISO 4217 code, for instance `EUR`.' }),
    owner: t.field({ type: ownerInput, required: true, description: 'Who owns it first.' }),
  }),
});

const success = builder.objectRef<Answered<CreateMerchantResult>>('CreateMerchantSuccess').implement({
  description: 'The merchant is created, as a draft.',
  fields: (t) => ({
    merchant: t.prismaField({
      type: 'Merchant',
      description: 'The merchant, as it is now.',
      resolve: (query, { merchantId }, _arguments, { services }) =>
        services.prisma.merchant.findUniqueOrThrow({ ...query, where: { id: toUuid(merchantId, 'mer') } }),
    }),
    owner: t.prismaField({
      type: 'StaffMember',
      nullable: true,
      description: 'The first owner, as they are now; null once they have left.',
      resolve: (query, { ownerId }, _arguments, { services }) =>
        services.prisma.staffMember.findUnique({ ...query, where: { id: toUuid(ownerId, 'stf') } }),
    }),
    isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
  }),
});

builder.mutationField('createMerchant', (t) =>
  t.field({
    type: success,
    description: 'Creates a merchant as a draft, with its first owner. For platform operators.',
    authScopes: { platformOperator: true },
    args: { input: t.arg({ type: input, required: true, description: 'Which merchant, and whose.' }) },
    errors: {
      types: [InvalidInput, IdempotencyKeyReused],
      union: { name: 'CreateMerchantResult', description: 'What became of creating a merchant.' },
    },
    resolve: (_root, { input: asked }, context) => runCommand(createMerchant, context, asked),
  }),
);
