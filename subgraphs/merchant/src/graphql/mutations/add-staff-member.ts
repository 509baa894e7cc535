import { idempotencyKeyDescription } from '@localplus/subgraph-server';
import { addStaffMember } from '../../commands/add-staff-member.ts';
import {
  IdempotencyKeyReused,
  InvalidInput,
  LimitReached,
  MerchantUnknown,
  StaffMemberExists,
  UnknownStore,
} from '../../domain/refusals.ts';
import { builder } from '../builder.ts';
import { staffRole } from '../enums.ts';
import { loginInput } from './login-input.ts';
import { runCommand } from './run-command.ts';
import { staffSuccess, storeIdsDescription } from './staff-payload.ts';

const input = builder.inputType('AddStaffMemberInput', {
  description: 'Somebody who is to work for a merchant.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    merchantId: t.id({ required: true, description: 'The merchant, `mer_…`.' }),
    login: t.field({ type: loginInput, required: true, description: 'How they sign in.' }),
    displayName: t.string({ required: true, description: 'The name that colleagues see, 1 to 100 characters.' }),
    role: t.field({ type: staffRole, required: true, description: 'What they may do.' }),
    storeIds: t.idList({ description: storeIdsDescription }),
  }),
});

const success = staffSuccess('AddStaffMemberSuccess', 'The login is staff of the merchant.');

builder.mutationField('addStaffMember', (t) =>
  t.field({
    type: success,
    description: 'Makes a login staff of a merchant. For owners.',
    args: { input: t.arg({ type: input, required: true, description: 'Whom, where, and as what.' }) },
    errors: {
      types: [InvalidInput, MerchantUnknown, StaffMemberExists, UnknownStore, LimitReached, IdempotencyKeyReused],
      union: { name: 'AddStaffMemberResult', description: 'What became of adding a staff member.' },
    },
    resolve: (_root, { input: asked }, context) =>
      runCommand(addStaffMember, context, { ...asked, storeIds: asked.storeIds ?? undefined }),
  }),
);
