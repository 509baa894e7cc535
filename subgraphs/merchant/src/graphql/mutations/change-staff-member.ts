import { idempotencyKeyDescription } from '@localplus/subgraph-server';
import { changeStaffMember } from '../../commands/change-staff-member.ts';
import {
  IdempotencyKeyReused,
  InvalidInput,
  LastOwner,
  MerchantUnknown,
  UnknownStaffMember,
  UnknownStore,
} from '../../domain/refusals.ts';
import { builder } from '../builder.ts';
import { staffRole } from '../enums.ts';
import { runCommand } from './run-command.ts';
import { staffSuccess, storeIdsDescription } from './staff-payload.ts';

const input = builder.inputType('ChangeStaffMemberInput', {
  description: "A staff member's role and stores, as they are to be from now on.",
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    merchantId: t.id({ required: true, description: 'The merchant, `mer_…`.' }),
    staffMemberId: t.id({ required: true, description: 'The staff member, `stf_…`.' }),
    role: t.field({ type: staffRole, required: true, description: 'What they may do.' }),
    storeIds: t.idList({ description: storeIdsDescription }),
  }),
});

const success = staffSuccess('ChangeStaffMemberSuccess', 'The role and the stores are replaced.');

builder.mutationField('changeStaffMember', (t) =>
  t.field({
    type: success,
    description:
      "Replaces a staff member's role and stores. Takes effect everywhere within a minute, mostly at once. For owners.",
    args: { input: t.arg({ type: input, required: true, description: 'Whom, and what is to hold.' }) },
    errors: {
      types: [InvalidInput, MerchantUnknown, UnknownStaffMember, LastOwner, UnknownStore, IdempotencyKeyReused],
      union: { name: 'ChangeStaffMemberResult', description: 'What became of changing a staff member.' },
    },
    resolve: (_root, { input: asked }, context) =>
      runCommand(changeStaffMember, context, { ...asked, storeIds: asked.storeIds ?? undefined }),
  }),
);
