import { fromUuid, parseId } from '@localplus/identifiers';
import { queryFromInfo } from '@pothos/plugin-prisma';
import { maskEmail, maskPhone } from '../domain/contact.ts';
import { builder } from './builder.ts';
import { visibleWallets } from './visibility.ts';

export const consumer = builder.prismaObject('Consumer', {
  description: 'A person who takes part in loyalty programs: one for the whole platform.',
  fields: (t) => ({
    id: t.id({ description: 'Identifier, `con_…`: a pseudonym.', resolve: ({ id }) => fromUuid('con', id) }),
    givenName: t.exposeString('givenName', { description: 'Given name.' }),
    email: t.string({
      nullable: true,
      description: 'E-mail address. Only the consumer reads it whole; staff see enough to recognise it.',
      resolve: ({ id, email }, _arguments, { viewer }) =>
        email && id !== viewer.consumerId ? maskEmail(email) : email,
    }),
    phone: t.string({
      nullable: true,
      description: 'Telephone number in E.164. Only the consumer reads it whole; staff see enough to recognise it.',
      resolve: ({ id, phone }, _arguments, { viewer }) =>
        phone && id !== viewer.consumerId ? maskPhone(phone) : phone,
    }),
    locale: t.string({
      nullable: true,
      description: 'Preferred language, as a tag of BCP 47. Null for everybody but the consumer.',
      resolve: ({ id, locale }, _arguments, { viewer }) => (id === viewer.consumerId ? locale : null),
    }),
    wallets: t.relation('wallets', {
      description: "The consumer's wallets; for staff, those of their own merchants.",
      query: (_arguments, { viewer }) => ({ where: visibleWallets(viewer), orderBy: { id: 'asc' } }),
    }),
  }),
});

builder.asEntity(consumer, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: async ({ id }, context, info) => {
    const consumerId = parseId(id, 'con');
    if (consumerId === undefined) return null;
    const maySee = consumerId === context.viewer.consumerId || (await context.isKnownConsumer(consumerId));
    if (!maySee) return null;
    const query = queryFromInfo({ context, info, typeName: 'Consumer' });
    return context.services.prisma.consumer.findUnique({ ...query, where: { id: consumerId } });
  },
});

builder.queryField('myConsumer', (t) =>
  t.prismaField({
    type: 'Consumer',
    nullable: true,
    description: 'The consumer whom the login is linked to; null when there is none.',
    resolve: (query, _root, _arguments, { services, viewer }) =>
      viewer.consumerId ? services.prisma.consumer.findUnique({ ...query, where: { id: viewer.consumerId } }) : null,
  }),
);
