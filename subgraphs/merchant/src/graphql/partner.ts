import { fromUuid, parseId } from '@localplus/identifiers';
import { partnerScopes } from '../domain/partner.ts';
import { builder } from './builder.ts';
import { connectionOf, pageArguments } from './connection.ts';
import { partnerScope } from './enums.ts';
import { loadPage } from './list-field.ts';

export const partnerKey = builder.prismaObject('PartnerKey', {
  description: 'A key that a partner calls the platform with. The key itself is shown once, when it is issued.',
  fields: (t) => ({
    id: t.id({
      description: 'Identifier, `lpk_…`: what the key begins with.',
      resolve: ({ id }) => fromUuid('lpk', id),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was issued.' }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked; null while it may be used.',
    }),
  }),
});

const partnerKeyConnection = connectionOf(partnerKey, {
  name: 'PartnerKey',
  one: 'A key',
  many: 'keys, oldest first',
  cursorOf: ({ id }) => fromUuid('lpk', id),
});

export const partner = builder.prismaObject('Partner', {
  description:
    'A program that acts for one merchant: a till, an e-shop, a payroll. Read by the owners and managers of the merchant, and by platform operators.',
  fields: (t) => ({
    id: t.id({ description: 'Identifier, `prt_…`.', resolve: ({ id }) => fromUuid('prt', id) }),
    merchant: t.relation('merchant', { description: 'Whom it acts for.' }),
    name: t.exposeString('name', { description: 'What it is called.' }),
    scopes: t.field({
      type: [partnerScope],
      description: 'What it may do.',
      resolve: ({ scopes }) => partnerScopes.filter((scope) => scopes.includes(scope)),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
    keys: t.field({
      type: partnerKeyConnection,
      description: 'Its keys, oldest first, also those that were revoked.',
      args: pageArguments('key'),
      resolve: ({ id }, page, { load }) => loadPage(load, 'partnerKeys', id, page),
    }),
  }),
});

builder.asEntity(partner, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: ({ id }, { load }) => {
    const uuid = parseId(id, 'prt');
    return uuid === undefined ? null : load.partners.load(uuid);
  },
});

export const partnerConnection = connectionOf(partner, {
  name: 'Partner',
  one: 'A partner',
  many: 'partners, oldest first',
  cursorOf: ({ id }) => fromUuid('prt', id),
});
