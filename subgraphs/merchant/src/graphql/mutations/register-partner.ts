import { toUuid } from '@localplus/identifiers';
import { idempotencyKeyDescription, isReplayDescription } from '@localplus/subgraph-server';
import type { Answered } from '../../commands/answer-once.ts';
import { type RegisterPartnerResult, registerPartner } from '../../commands/register-partner.ts';
import { IdempotencyKeyReused, InvalidInput, LimitReached, MerchantUnknown } from '../../domain/refusals.ts';
import { builder } from '../builder.ts';
import { partnerScope } from '../enums.ts';
import { runCommand } from './run-command.ts';

const input = builder.inputType('RegisterPartnerInput', {
  description: 'A partner, and the merchant that it is to act for.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    merchantId: t.id({ required: true, description: 'The merchant, `mer_…`.' }),
    name: t.string({ required: true, description: 'What it is called, 1 to 100 characters.' }),
    scopes: t.field({ type: [partnerScope], required: true, description: 'What it may do, at least one.' }),
  }),
});

const success = builder.objectRef<Answered<RegisterPartnerResult>>('RegisterPartnerSuccess').implement({
  description: 'The partner is registered. It can act once it has a key.',
  fields: (t) => ({
    partner: t.prismaField({
      type: 'Partner',
      description: 'The partner.',
      resolve: (query, { partnerId }, _arguments, { services }) =>
        services.prisma.partner.findUniqueOrThrow({ ...query, where: { id: toUuid(partnerId, 'prt') } }),
    }),
    isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
  }),
});

builder.mutationField('registerPartner', (t) =>
  t.field({
    type: success,
    description: 'Registers a program that is to act for a merchant: a till, an e-shop, a payroll. For owners.',
    args: { input: t.arg({ type: input, required: true, description: 'Which partner, and whose.' }) },
    errors: {
      types: [InvalidInput, MerchantUnknown, LimitReached, IdempotencyKeyReused],
      union: { name: 'RegisterPartnerResult', description: 'What became of registering a partner.' },
    },
    resolve: (_root, { input: asked }, context) => runCommand(registerPartner, context, asked),
  }),
);
