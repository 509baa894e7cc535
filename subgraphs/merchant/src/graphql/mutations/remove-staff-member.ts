import { toUuid } from '@localplus/identifiers';
import { idempotencyKeyDescription, isReplayDescription } from '@localplus/subgraph-server';
import type { Answered } from '../../commands/answer-once.ts';
import { type RemoveStaffMemberResult, removeStaffMember } from '../../commands/remove-staff-member.ts';
import { IdempotencyKeyReused, LastOwner, MerchantUnknown, UnknownStaffMember } from '../../domain/refusals.ts';
import { builder } from '../builder.ts';
import { runCommand } from './run-command.ts';

const input = builder.inputType('RemoveStaffMemberInput', {
  description: 'Whom a merchant parts with.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    merchantId: t.id({ required: true, description: 'The merchant, `mer_…`.' }),
    staffMemberId: t.id({ required: true, description: 'The staff member, `stf_…`.' }),
  }),
});

const success = builder.objectRef<Answered<RemoveStaffMemberResult>>('RemoveStaffMemberSuccess').implement({
  description: 'The login is no longer staff; its personal data are deleted.',
  fields: (t) => ({
    staffMemberId: t.exposeID('staffMemberId', { description: 'Identifier of who has left, `stf_…`.' }),
    merchant: t.prismaField({
      type: 'Merchant',
      description: 'The merchant, as it is now.',
      resolve: (query, { merchantId }, _arguments, { services }) =>
        services.prisma.merchant.findUniqueOrThrow({ ...query, where: { id: toUuid(merchantId, 'mer') } }),
    }),
    isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
  }),
});

builder.mutationField('removeStaffMember', (t) =>
  t.field({
    type: success,
    description:
      'Ends a membership and deletes the personal data of who leaves. Takes effect everywhere within a minute, mostly at once. For owners.',
    args: { input: t.arg({ type: input, required: true, description: 'Whom.' }) },
    errors: {
      types: [MerchantUnknown, UnknownStaffMember, LastOwner, IdempotencyKeyReused],
      union: { name: 'RemoveStaffMemberResult', description: 'What became of removing a staff member.' },
    },
    resolve: (_root, { input: asked }, context) => runCommand(removeStaffMember, context, asked),
  }),
);
