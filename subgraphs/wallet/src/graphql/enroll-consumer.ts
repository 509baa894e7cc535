import { parseId } from '@localplus/identifiers';
import { demandIdempotencyKey, idempotencyKeyDescription, isReplayDescription } from '@localplus/subgraph-server';
import { type Enrolled, enrollConsumer } from '../commands/enroll-consumer.ts';
import {
  AlreadyEnrolled,
  IdempotencyKeyReused,
  InvalidContact,
  InvalidLocale,
  InvalidName,
  MerchantNotLive,
  UnknownProgram,
} from '../domain/refusals.ts';
import { builder } from './builder.ts';
import { asRequestFailure } from './failures.ts';

/** Where the platform's merchants are. */
const localeDefault = 'fr-FR';

const input = builder.inputType('EnrollConsumerInput', {
  description: 'A person, and the program to enroll them in. At least one of email and phone.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    programId: t.id({ required: true, description: 'The program, `prg_…`.' }),
    givenName: t.string({ required: true, description: 'Given name, 1 to 100 characters.' }),
    email: t.string({ description: 'E-mail address.' }),
    phone: t.string({ description: 'Telephone number with its country code, for instance `+33 6 12 34 56 78`.' }),
    locale: t.string({ defaultValue: localeDefault, description: 'Preferred language, as a tag of BCP 47.' }),
  }),
});

const success = builder.objectRef<Enrolled>('EnrollConsumerSuccess').implement({
  description: 'The person is enrolled.',
  fields: (t) => ({
    wallet: t.prismaField({
      type: 'Wallet',
      description: 'Their wallet in the program.',
      resolve: (query, { walletId }, _arguments, { services }) =>
        services.prisma.wallet.findUniqueOrThrow({ ...query, where: { id: walletId } }),
    }),
    consumer: t.prismaField({
      type: 'Consumer',
      nullable: true,
      description: 'The person. Somebody whom the platform knows keeps the name and contacts that are stored.',
      resolve: (query, { consumerId }, _arguments, { services }) =>
        services.prisma.consumer.findUnique({ ...query, where: { id: consumerId } }),
    }),
    isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
  }),
});

builder.mutationField('enrollConsumer', (t) =>
  t.field({
    type: success,
    description:
      "Enrolls a person in a program of the caller's merchant. Somebody known by e-mail address, or else by telephone number, stays the same consumer and gets another wallet. For staff of the program's merchant, its partners with WALLETS_ENROLL, and platform operators.",
    authScopes: { enrollment: true },
    args: { input: t.arg({ type: input, required: true, description: 'Whom, and where.' }) },
    errors: {
      types: [
        InvalidName,
        InvalidContact,
        InvalidLocale,
        UnknownProgram,
        MerchantNotLive,
        AlreadyEnrolled,
        IdempotencyKeyReused,
      ],
      union: { name: 'EnrollConsumerResult', description: 'What became of enrolling a person.' },
    },
    resolve: (_root, { input: { programId, ...request } }, { services, caller }) => {
      demandIdempotencyKey(request.idempotencyKey);
      const programUuid = parseId(programId, 'prg');
      if (programUuid === undefined) throw new UnknownProgram();
      const locale = request.locale ?? localeDefault;
      return asRequestFailure(enrollConsumer(services, caller, { ...request, locale, programId: programUuid }));
    },
  }),
);
