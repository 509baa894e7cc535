import {
  IdempotencyKeyReused,
  type InputProblem,
  InvalidInput,
  InvalidStart,
  InvalidStatus,
  LastOwner,
  LimitReached,
  MerchantUnknown,
  NotReady,
  type Refusal,
  StaffMemberExists,
  UnknownPartner,
  UnknownPartnerKey,
  UnknownProgram,
  UnknownStaffMember,
  UnknownStore,
} from '../domain/refusals.ts';
import { builder } from './builder.ts';
import { goLiveRequirement, merchantStatus } from './enums.ts';

const refusal = builder.interfaceRef<Refusal>('Refusal').implement({
  description: 'An outcome that a client can act on: the command was understood and not carried out.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Stable, for programs; also the name of the type.' }),
    message: t.exposeString('message', { description: 'For people.' }),
  }),
});

const inputProblem = builder.objectRef<InputProblem>('MerchantInputProblem').implement({
  description: 'One field of an input that breaks a rule.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'Path of the field, for instance `owner.displayName`.' }),
    message: t.exposeString('message', { description: 'What the field must be. Never repeats the value.' }),
  }),
});

builder.objectType(InvalidInput, {
  name: 'MerchantInvalidInput',
  interfaces: [refusal],
  description: 'One or more fields of the input break a rule.',
  fields: (t) => ({
    problems: t.field({
      type: [inputProblem],
      description: 'Every field at fault, so that a form can show them all at once.',
      resolve: ({ problems }) => [...problems],
    }),
  }),
});
builder.objectType(MerchantUnknown, {
  name: 'MerchantUnknown',
  interfaces: [refusal],
  description: 'There is no such merchant, or it is one that the caller does not work for.',
});
builder.objectType(IdempotencyKeyReused, {
  name: 'MerchantIdempotencyKeyReused',
  interfaces: [refusal],
  description: 'The idempotency key was used with other input.',
});
builder.objectType(InvalidStatus, {
  name: 'MerchantInvalidStatus',
  interfaces: [refusal],
  description: "The merchant's status does not allow the change.",
  fields: (t) => ({ status: t.expose('status', { type: merchantStatus, description: 'Where the merchant stands.' }) }),
});
builder.objectType(NotReady, {
  name: 'MerchantNotReady',
  interfaces: [refusal],
  description: 'The merchant lacks what it needs before it goes live.',
  fields: (t) => ({
    missing: t.field({
      type: [goLiveRequirement],
      description: 'Everything that is missing.',
      resolve: ({ missing }) => [...missing],
    }),
  }),
});
builder.objectType(LimitReached, {
  name: 'MerchantLimitReached',
  interfaces: [refusal],
  description: 'As many of the kind exist as there may be.',
  fields: (t) => ({ countMax: t.exposeInt('countMax', { description: 'How many there may be.' }) }),
});
builder.objectType(UnknownStore, {
  name: 'MerchantUnknownStore',
  interfaces: [refusal],
  description: 'One of the stores is none of the merchant.',
});
builder.objectType(UnknownStaffMember, {
  name: 'MerchantUnknownStaffMember',
  interfaces: [refusal],
  description: 'The merchant has no such staff member.',
});
builder.objectType(StaffMemberExists, {
  name: 'MerchantStaffMemberExists',
  interfaces: [refusal],
  description: 'The login is staff of the merchant already.',
});
builder.objectType(LastOwner, {
  name: 'MerchantLastOwner',
  interfaces: [refusal],
  description: 'The change would leave the merchant without an owner.',
});
builder.objectType(UnknownProgram, {
  name: 'MerchantUnknownProgram',
  interfaces: [refusal],
  description: 'There is no such loyalty program, or it is of a merchant that the caller does not work for.',
});
builder.objectType(InvalidStart, {
  name: 'MerchantInvalidStart',
  interfaces: [refusal],
  description: 'The version may not start then.',
  fields: (t) => ({
    earliestStartsAt: t.expose('earliestStartsAt', {
      type: 'DateTime',
      description: 'The earliest start: 60 seconds after the publication, and not before the version before it.',
    }),
    latestStartsAt: t.expose('latestStartsAt', { type: 'DateTime', description: 'The latest start.' }),
  }),
});
builder.objectType(UnknownPartner, {
  name: 'MerchantUnknownPartner',
  interfaces: [refusal],
  description: 'There is no such partner, or it is of a merchant that the caller does not work for.',
});
builder.objectType(UnknownPartnerKey, {
  name: 'MerchantUnknownPartnerKey',
  interfaces: [refusal],
  description: 'There is no such key, or it is of a merchant that the caller does not work for.',
});
