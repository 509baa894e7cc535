import { fromUuid, parseId } from '@localplus/identifiers';
import { pageOf, pageSize, readCursor } from '@localplus/subgraph-server';
import { mayInspect } from '../domain/rights.ts';
import { builder } from './builder.ts';
import { connectionOf, pageArguments, pageSizes } from './connection.ts';
import { merchantStatus } from './enums.ts';
import { loadPage } from './list-field.ts';
import { loyaltyProgramConnection } from './loyalty-program.ts';
import { partnerConnection } from './partner.ts';
import { staffMemberConnection } from './staff-member.ts';
import { storeConnection } from './store.ts';

const inspectedBy = 'for its owners and managers and for platform operators; null for everybody else';

export const merchant = builder.prismaObject('Merchant', {
  description: 'A local merchant.',
  fields: (t) => ({
    id: t.id({ description: 'Identifier, `mer_…`.', resolve: ({ id }) => fromUuid('mer', id) }),
    name: t.exposeString('name', { description: 'The name that consumers know.' }),
    legalName: t.exposeString('legalName', { description: 'The name in the commercial register.' }),
    country: t.exposeString('country', { description: 'ISO 3166-1 code of the country, for instance `FR`.' }),
    timeZone: t.exposeString('timeZone', {
      description:
        'IANA name of the time zone that its days are counted in, and that the dates, days and months of its terms are meant in.',
    }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code of the currency that it sells in.' }),
    status: t.expose('status', { type: merchantStatus, description: 'Where it stands.' }),
    statusReason: t.string({
      nullable: true,
      description: `Why it is suspended, ${inspectedBy}. FORBIDDEN for its cashiers and partners.`,
      authScopes: ({ id }) => ({ inspection: fromUuid('mer', id) }),
      resolve: ({ id, statusReason }, _arguments, { caller }) =>
        mayInspect(caller, fromUuid('mer', id)) ? statusReason : null,
    }),
    version: t.expose('version', {
      type: 'BigInt',
      description: 'Raised by one with each change of the status or of the stores.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    stores: t.field({
      type: storeConnection,
      description: 'Its stores, oldest first.',
      args: pageArguments('store'),
      resolve: ({ id }, page, { load }) => loadPage(load, 'stores', id, page),
    }),
    programs: t.field({
      type: loyaltyProgramConnection,
      description: 'Its loyalty programs, oldest first.',
      args: pageArguments('program'),
      resolve: ({ id }, page, { load }) => loadPage(load, 'programs', id, page),
    }),
    staff: t.field({
      type: staffMemberConnection,
      nullable: true,
      description: `Who works for it, oldest first, ${inspectedBy}. FORBIDDEN for its cashiers and partners.`,
      authScopes: ({ id }) => ({ inspection: fromUuid('mer', id) }),
      args: pageArguments('staff member'),
      resolve: ({ id }, page, { caller, load }) =>
        mayInspect(caller, fromUuid('mer', id)) ? loadPage(load, 'staff', id, page) : null,
    }),
    partners: t.field({
      type: partnerConnection,
      nullable: true,
      description: `Its partners, oldest first, ${inspectedBy}. FORBIDDEN for its cashiers and partners.`,
      authScopes: ({ id }) => ({ inspection: fromUuid('mer', id) }),
      args: pageArguments('partner'),
      resolve: ({ id }, page, { caller, load }) =>
        mayInspect(caller, fromUuid('mer', id)) ? loadPage(load, 'partners', id, page) : null,
    }),
  }),
});

builder.asEntity(merchant, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: ({ id }, { load }) => {
    const uuid = parseId(id, 'mer');
    return uuid === undefined ? null : load.merchants.load(uuid);
  },
});

const merchantConnection = connectionOf(merchant, {
  name: 'Merchant',
  one: 'A merchant',
  many: 'merchants, oldest first',
  cursorOf: ({ id }) => fromUuid('mer', id),
});

builder.queryField('merchant', (t) =>
  t.field({
    type: merchant,
    nullable: true,
    description: 'A merchant; null where there is none, and for a draft that the caller has nothing to do with.',
    args: { id: t.arg.id({ required: true, description: 'Identifier, `mer_…`.' }) },
    resolve: (_root, { id }, { load }) => {
      const uuid = parseId(id, 'mer');
      return uuid === undefined ? null : load.merchants.load(uuid);
    },
  }),
);

builder.queryField('merchants', (t) =>
  t.field({
    type: merchantConnection,
    nullable: true,
    description: 'All merchants of the platform, oldest first. For platform operators; FORBIDDEN for everybody else.',
    authScopes: { platformOperator: true },
    args: pageArguments('merchant'),
    resolve: async (_root, { first, after }, { services }) => {
      const size = pageSize(first, pageSizes);
      const known = readCursor(after, (cursor) => parseId(cursor, 'mer'));
      const rows = await services.prisma.merchant.findMany({
        where: known === undefined ? {} : { id: { gt: known } },
        orderBy: { id: 'asc' },
        take: size + 1,
      });
      return pageOf(rows, size);
    },
  }),
);
