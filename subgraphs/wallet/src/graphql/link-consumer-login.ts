import { parseId } from '@localplus/identifiers';
import { demandIdempotencyKey, idempotencyKeyDescription, requestFailure } from '@localplus/subgraph-server';
import { linkConsumerLogin } from '../commands/link-consumer-login.ts';
import { IdempotencyKeyReused, LoginAlreadyLinked, UnknownConsumer } from '../domain/refusals.ts';
import { builder } from './builder.ts';

/** OpenID Connect bounds a subject by 255 characters; an issuer is a URL. */
const subjectLengthMax = 255;
const issuerLengthMax = 2_048;

const input = builder.inputType('LinkConsumerLoginInput', {
  description: 'A login, and whose it is.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    consumerId: t.id({ required: true, description: 'The consumer, `con_…`.' }),
    issuer: t.string({
      required: true,
      description: `Who vouches for the login: \`iss\` of its tokens, 1 to ${issuerLengthMax} characters.`,
    }),
    subject: t.string({
      required: true,
      description: `The login: \`sub\` of its tokens, 1 to ${subjectLengthMax} characters.`,
    }),
  }),
});

const success = builder.objectRef<{ consumerId: string; isReplay: boolean }>('LinkConsumerLoginSuccess').implement({
  description: 'Whoever signs in with this login is now this consumer.',
  fields: (t) => ({
    consumer: t.prismaField({
      type: 'Consumer',
      nullable: true,
      description: 'The consumer.',
      resolve: (query, { consumerId }, _arguments, { services }) =>
        services.prisma.consumer.findUnique({ ...query, where: { id: consumerId } }),
    }),
    isReplay: t.exposeBoolean('isReplay', {
      description: 'Whether an earlier command, with this key or another, did it.',
    }),
  }),
});

builder.mutationField('linkConsumerLogin', (t) =>
  t.field({
    type: success,
    description: 'Links a login to a consumer: whoever signs in with it is then this consumer. For platform operators.',
    authScopes: { platformOperator: true },
    args: { input: t.arg({ type: input, required: true, description: 'The login and the consumer.' }) },
    errors: {
      types: [UnknownConsumer, LoginAlreadyLinked, IdempotencyKeyReused],
      union: { name: 'LinkConsumerLoginResult', description: 'What became of linking a login.' },
    },
    resolve: async (_root, { input: { idempotencyKey, consumerId, issuer, subject } }, { services }) => {
      demandIdempotencyKey(idempotencyKey);
      checkText('issuer', issuer, issuerLengthMax);
      checkText('subject', subject, subjectLengthMax);
      const consumerUuid = parseId(consumerId, 'con');
      if (consumerUuid === undefined) throw new UnknownConsumer();
      const login = { idempotencyKey, consumerId: consumerUuid, issuer, subject };
      return { consumerId: consumerUuid, ...(await linkConsumerLogin(services.pool, login)) };
    },
  }),
);

/** Neither stands in a token that is worth its name, and PostgreSQL cannot store all of them. */
const unprintable = /[\p{Cc}\p{Cs}]/u;

function checkText(field: string, text: string, lengthMax: number): void {
  if (unprintable.test(text)) throw requestFailure('BAD_USER_INPUT', `${field} must have printable characters alone.`);
  if (text.length === 0 || text.length > lengthMax) {
    throw requestFailure('BAD_USER_INPUT', `${field} must have 1 to ${lengthMax} characters.`);
  }
}
