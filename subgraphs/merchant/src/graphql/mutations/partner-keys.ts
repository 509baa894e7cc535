import { toUuid } from '@localplus/identifiers';
import { idempotencyKeyDescription, isReplayDescription } from '@localplus/subgraph-server';
import type { Answered } from '../../commands/answer-once.ts';
import {
  type IssuedPartnerKey,
  type IssuePartnerKeyResult,
  issuePartnerKey,
} from '../../commands/issue-partner-key.ts';
import { revokePartnerKey } from '../../commands/revoke-partner-key.ts';
import { IdempotencyKeyReused, LimitReached, UnknownPartner, UnknownPartnerKey } from '../../domain/refusals.ts';
import { builder } from '../builder.ts';
import { runCommand } from './run-command.ts';

const issueInput = builder.inputType('IssuePartnerKeyInput', {
  description: 'The partner that gets a key.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    partnerId: t.id({ required: true, description: 'The partner, `prt_…`.' }),
  }),
});

const issueSuccess = builder.objectRef<IssuedPartnerKey>('IssuePartnerKeySuccess').implement({
  description: 'The key is issued. It is shown in this answer and never again.',
  fields: (t) => ({
    key: t.exposeString('key', {
      nullable: true,
      description:
        'The whole key, `lpk_<id>_<secret>`, as the partner sends it. Null in a replay: only its hash is stored.',
    }),
    notice: t.string({
      description: 'What to do about the key; in a replay, that it was shown once. For people.',
      resolve: ({ isReplay }) =>
        isReplay
          ? 'This key was shown once, in the first answer, and is not stored. If it is lost, revoke it and issue another.'
          : 'Store this key now: it is shown once and cannot be read again.',
    }),
    partner: t.prismaField({
      type: 'Partner',
      description: 'Whose key it is.',
      resolve: (query, { partnerId }, _arguments, { services }) =>
        services.prisma.partner.findUniqueOrThrow({ ...query, where: { id: toUuid(partnerId, 'prt') } }),
    }),
    partnerKey: t.prismaField({
      type: 'PartnerKey',
      description: 'What can be read of the key later.',
      resolve: (query, { partnerKeyId }, _arguments, { services }) =>
        services.prisma.partnerKey.findUniqueOrThrow({ ...query, where: { id: toUuid(partnerKeyId, 'lpk') } }),
    }),
    isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
  }),
});

builder.mutationField('issuePartnerKey', (t) =>
  t.field({
    type: issueSuccess,
    description: 'Issues a key that a partner calls the platform with. It is shown once. For owners.',
    args: { input: t.arg({ type: issueInput, required: true, description: 'Which partner.' }) },
    errors: {
      types: [UnknownPartner, LimitReached, IdempotencyKeyReused],
      union: { name: 'IssuePartnerKeyResult', description: 'What became of issuing a key.' },
    },
    resolve: (_root, { input: asked }, context) => runCommand(issuePartnerKey, context, asked),
  }),
);

const revokeInput = builder.inputType('RevokePartnerKeyInput', {
  description: 'The key that is to be worth nothing.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    partnerKeyId: t.id({ required: true, description: 'The key, `lpk_…`: its identifier, not the whole key.' }),
  }),
});

const revokeSuccess = builder.objectRef<Answered<IssuePartnerKeyResult>>('RevokePartnerKeySuccess').implement({
  description: 'The key is revoked.',
  fields: (t) => ({
    partner: t.prismaField({
      type: 'Partner',
      description: 'Whose key it was.',
      resolve: (query, { partnerId }, _arguments, { services }) =>
        services.prisma.partner.findUniqueOrThrow({ ...query, where: { id: toUuid(partnerId, 'prt') } }),
    }),
    partnerKey: t.prismaField({
      type: 'PartnerKey',
      description: 'The key.',
      resolve: (query, { partnerKeyId }, _arguments, { services }) =>
        services.prisma.partnerKey.findUniqueOrThrow({ ...query, where: { id: toUuid(partnerKeyId, 'lpk') } }),
    }),
    isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
  }),
});

builder.mutationField('revokePartnerKey', (t) =>
  t.field({
    type: revokeSuccess,
    description:
      'Revokes a key for good; one that is revoked already stays as it is. Takes effect everywhere within a minute, mostly at once. For owners.',
    args: { input: t.arg({ type: revokeInput, required: true, description: 'Which key.' }) },
    errors: {
      types: [UnknownPartnerKey, IdempotencyKeyReused],
      union: { name: 'RevokePartnerKeyResult', description: 'What became of revoking a key.' },
    },
    resolve: (_root, { input: asked }, context) => runCommand(revokePartnerKey, context, asked),
  }),
);
