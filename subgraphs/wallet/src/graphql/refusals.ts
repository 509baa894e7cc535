import { fromUuid } from '@localplus/identifiers';
import {
  AlreadyEnrolled,
  IdempotencyKeyReused,
  InvalidContact,
  InvalidLocale,
  InvalidName,
  LoginAlreadyLinked,
  MerchantNotLive,
  type Refusal,
  UnknownConsumer,
  UnknownProgram,
} from '../domain/refusals.ts';
import { builder } from './builder.ts';

const refusal = builder.interfaceRef<Refusal>('Refusal').implement({
  description: 'An outcome that a client can act on: the command was understood and not carried out.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Stable, for programs; also the name of the type.' }),
    message: t.exposeString('message', { description: 'For people.' }),
  }),
});

builder.objectType(InvalidContact, {
  name: 'WalletInvalidContact',
  interfaces: [refusal],
  description: 'The e-mail address or the telephone number is missing or malformed.',
  fields: (t) => ({ field: t.exposeString('field', { description: 'Which one: `email` or `phone`.' }) }),
});
builder.objectType(InvalidName, {
  name: 'WalletInvalidName',
  interfaces: [refusal],
  description: 'The text cannot be a given name.',
  fields: (t) => ({ lengthMax: t.exposeInt('lengthMax', { description: 'The longest given name.' }) }),
});
builder.objectType(InvalidLocale, {
  name: 'WalletInvalidLocale',
  interfaces: [refusal],
  description: 'The text is no language tag.',
});
builder.objectType(UnknownProgram, {
  name: 'WalletUnknownProgram',
  interfaces: [refusal],
  description: 'There is no such program, or it is of a merchant that the caller does not act for.',
});
builder.objectType(MerchantNotLive, {
  name: 'WalletMerchantNotLive',
  interfaces: [refusal],
  description: 'The merchant is a draft or suspended.',
});
builder.objectType(AlreadyEnrolled, {
  name: 'WalletAlreadyEnrolled',
  interfaces: [refusal],
  description: 'The person has a wallet in this program.',
  fields: (t) => ({
    walletId: t.id({
      description: 'The wallet that exists, `wal_…`.',
      resolve: ({ walletId }) => fromUuid('wal', walletId),
    }),
  }),
});
builder.objectType(IdempotencyKeyReused, {
  name: 'WalletIdempotencyKeyReused',
  interfaces: [refusal],
  description: 'The idempotency key was used with other input.',
});
builder.objectType(UnknownConsumer, {
  name: 'WalletUnknownConsumer',
  interfaces: [refusal],
  description: 'There is no such consumer.',
});
builder.objectType(LoginAlreadyLinked, {
  name: 'WalletLoginAlreadyLinked',
  interfaces: [refusal],
  description: 'The login is linked to another consumer.',
});
