import { fromUuid, parseId } from '@localplus/identifiers';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';
import { staffRole } from './enums.ts';
import { store } from './store.ts';

export const staffMember = builder.prismaObject('StaffMember', {
  description:
    'Somebody who works for a merchant. Read by themselves, by the owners and managers of the merchant, and by platform operators.',
  fields: (t) => ({
    id: t.id({ description: 'Identifier, `stf_…`.', resolve: ({ id }) => fromUuid('stf', id) }),
    merchant: t.relation('merchant', { description: 'Whom they work for.' }),
    issuer: t.exposeString('issuer', { description: 'Who vouches for the login: `iss` of its tokens.' }),
    subject: t.exposeString('subject', { description: 'The login: `sub` of its tokens.' }),
    displayName: t.exposeString('displayName', { description: 'The name that colleagues see.' }),
    role: t.expose('role', { type: staffRole, description: 'What they may do.' }),
    worksInAllStores: t.exposeBoolean('worksInAllStores', {
      description: "Whether they work in all of the merchant's stores, also those that open later.",
    }),
    stores: t.field({
      type: [store],
      description: 'The stores that they work in, oldest first; empty when they work in all of them.',
      select: (_arguments, _context, nestedSelection) => ({
        stores: { orderBy: { storeId: 'asc' }, select: { store: nestedSelection() } },
      }),
      resolve: ({ stores }) => stores.map((place) => place.store),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When they were added.' }),
  }),
});

builder.asEntity(staffMember, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: ({ id }, { load }) => {
    const uuid = parseId(id, 'stf');
    return uuid === undefined ? null : load.staff.load(uuid);
  },
});

export const staffMemberConnection = connectionOf(staffMember, {
  name: 'StaffMember',
  one: 'A staff member',
  many: 'staff members, oldest first',
  cursorOf: ({ id }) => fromUuid('stf', id),
});

builder.queryField('myMemberships', (t) =>
  t.prismaField({
    type: ['StaffMember'],
    nullable: true,
    description: 'What the caller is at the merchants that they work for; empty for those who work for none.',
    resolve: (query, _root, _arguments, { caller, services }) =>
      caller.kind === 'person'
        ? services.prisma.staffMember.findMany({
            ...query,
            where: { login: caller.subject },
            orderBy: { merchantId: 'asc' },
          })
        : [],
  }),
);
