import { fromUuid, parseId } from '@localplus/identifiers';
import { pageOf, pageSize, readCursor } from '@localplus/subgraph-server';
import { builder } from './builder.ts';
import { connectionOf, pageArguments, pageSizes } from './connection.ts';
import { negativeBalancePolicy, rounding } from './enums.ts';
import { daysOf, lotTermDescriptions, pointValidity, pointValidityDaysDeprecation } from './point-validity.ts';
import { programVersionConnection, readVersionCursor } from './program-version.ts';

export const loyaltyProgram = builder.prismaObject('LoyaltyProgram', {
  description: 'The terms under which purchases earn points.',
  fields: (t) => ({
    id: t.id({ description: 'Identifier, `prg_…`.', resolve: ({ id }) => fromUuid('prg', id) }),
    merchant: t.relation('merchant', { description: 'Whose program it is.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code of the currency that purchases are made in.' }),
    pointAssetCode: t.exposeString('pointAssetCode', {
      description: 'Code of the asset that one point is: `PTS.` and the characters of the identifier.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    version: t.int({
      description: 'Number of the version whose terms are in force now; before the first start, of the first.',
      resolve: async ({ id }, _arguments, { load }) => (await load.versionInForce.load(id)).version,
    }),
    startsAt: t.field({
      type: 'DateTime',
      description: 'When those terms came, or will come, into force.',
      resolve: async ({ id }, _arguments, { load }) => (await load.versionInForce.load(id)).startsAt,
    }),
    pointName: t.string({
      description: 'Name of one point, for instance `croissant`.',
      resolve: async ({ id }, _arguments, { load }) => (await load.versionInForce.load(id)).pointName,
    }),
    points: t.field({
      type: 'BigInt',
      description: 'Points earned now for each `perAmountMinor`.',
      resolve: async ({ id }, _arguments, { load }) => (await load.versionInForce.load(id)).points,
    }),
    perAmountMinor: t.field({
      type: 'BigInt',
      description: 'Minor units of `currency` that earn `points`, for instance 100 for each euro.',
      resolve: async ({ id }, _arguments, { load }) => (await load.versionInForce.load(id)).perAmountMinor,
    }),
    rounding: t.field({
      type: rounding,
      description: 'What becomes of the fraction of a point.',
      resolve: async ({ id }, _arguments, { load }) => (await load.versionInForce.load(id)).rounding,
    }),
    minimumPurchaseMinor: t.field({
      type: 'BigInt',
      description: 'Purchases below earn nothing; minor units of `currency`, 0 means no minimum.',
      resolve: async ({ id }, _arguments, { load }) => (await load.versionInForce.load(id)).minimumPurchaseMinor,
    }),
    activationDelayDays: t.int({
      description: lotTermDescriptions.activationDelayDays,
      resolve: async ({ id }, _arguments, { load }) => (await load.versionInForce.load(id)).activationDelayDays,
    }),
    validity: t.field({
      type: pointValidity,
      description: lotTermDescriptions.validity,
      resolve: async ({ id }, _arguments, { load }) => (await load.versionInForce.load(id)).validity,
    }),
    pointValidityDays: t.int({
      nullable: true,
      description: lotTermDescriptions.pointValidityDays,
      deprecationReason: pointValidityDaysDeprecation,
      resolve: async ({ id }, _arguments, { load }) => daysOf((await load.versionInForce.load(id)).validity),
    }),
    negativeBalance: t.field({
      type: negativeBalancePolicy,
      description: lotTermDescriptions.negativeBalance,
      resolve: async ({ id }, _arguments, { load }) => (await load.versionInForce.load(id)).negativeBalance,
    }),
    refundGraceDays: t.int({
      description: lotTermDescriptions.refundGraceDays,
      resolve: async ({ id }, _arguments, { load }) => (await load.versionInForce.load(id)).refundGraceDays,
    }),
    versions: t.field({
      type: programVersionConnection,
      description: 'Every version that was published, also those that start later, ascending.',
      args: pageArguments('version'),
      resolve: async ({ id }, { first, after }, { load }) => {
        const size = pageSize(first, pageSizes);
        const known = readCursor(after, readVersionCursor) ?? 0;
        return pageOf(await load.versionPages.load({ parentId: id, first: size, after: known }), size);
      },
    }),
  }),
});

builder.asEntity(loyaltyProgram, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: ({ id }, { load }) => {
    const uuid = parseId(id, 'prg');
    return uuid === undefined ? null : load.programs.load(uuid);
  },
});

export const loyaltyProgramConnection = connectionOf(loyaltyProgram, {
  name: 'LoyaltyProgram',
  one: 'A loyalty program',
  many: 'loyalty programs, oldest first',
  cursorOf: ({ id }) => fromUuid('prg', id),
});
