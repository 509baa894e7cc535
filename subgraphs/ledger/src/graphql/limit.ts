import { fromUuid } from '@localplus/identifiers';
import type { Limit, LimitUse } from '../domain/limit-rule.ts';
import { builder } from './builder.ts';
import { limitMovement, limitPeriod, limitSubject } from './limit-enums.ts';

/** A limit as it is shown: with what was used of it, to those who may know. */
export interface ShownLimit extends Limit {
  use?: LimitUse | undefined;
}

interface ShownUse extends LimitUse {
  limit: Limit;
}

const limitUse = builder.objectRef<ShownUse>('LedgerLimitUse').implement({
  description: 'What was used of a limit in the period that runs now.',
  fields: (t) => ({
    amount: t.expose('amount', { type: 'BigInt', description: "What has moved, in the asset's smallest unit." }),
    count: t.expose('count', { type: 'BigInt', description: 'How many times something has moved.' }),
    amountLeft: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'What may still move; null where amounts are not limited.',
      resolve: ({ limit: { amountMax }, amount, periodEndsAt }) => leftOf(amountMax, amount, periodEndsAt),
    }),
    countLeft: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'How many times something may still move; null where the number is not limited.',
      resolve: ({ limit: { countMax }, count, periodEndsAt }) => leftOf(countMax, count, periodEndsAt),
    }),
    periodEndsAt: t.expose('periodEndsAt', {
      type: 'DateTime',
      nullable: true,
      description:
        "When counting begins anew; null where the limit's time zone is not known any more: then nothing may move until the limit is ended.",
    }),
  }),
});

export const limit = builder.objectRef<ShownLimit>('LedgerLimit').implement({
  description:
    'How much, or how often, may move in a period. It is decided in the very commit that would pass it, and counts what moves after it was set.',
  fields: (t) => ({
    id: t.id({ description: 'Identifier, `lim_…`.', resolve: ({ id }) => fromUuid('lim', id) }),
    isOfAllMerchants: t.boolean({
      description:
        'Whether the operator of the platform has set it for all merchants, instead of a merchant for itself.',
      resolve: ({ merchantId }) => merchantId === undefined,
    }),
    country: t.expose('country', {
      type: 'String',
      nullable: true,
      description: 'ISO 3166-1 alpha-2 code of the one country that it is for; null for every country.',
    }),
    assetCode: t.exposeString('assetCode', { description: '`EUR`, or `PTS.` and the identifier of a program.' }),
    movement: t.expose('movement', { type: limitMovement, description: 'What it is for.' }),
    countedPer: t.expose('countedPer', { type: limitSubject, description: 'What it counts together.' }),
    period: t.expose('period', { type: limitPeriod, description: 'How long it counts.' }),
    timeZone: t.exposeString('timeZone', { description: 'IANA name of the time zone in which the period begins.' }),
    amountMaximum: t.expose('amountMax', {
      type: 'BigInt',
      nullable: true,
      description: "The most that may move in a period, in the asset's smallest unit; null where it is not limited.",
    }),
    countMaximum: t.expose('countMax', {
      type: 'BigInt',
      nullable: true,
      description: 'How many times something may move in a period; null where it is not limited.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when it is kept.' }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was ended; null while it is in force.',
    }),
    use: t.field({
      type: limitUse,
      nullable: true,
      description:
        'What was used of it by the wallet or merchant that it was asked of; null where it counts something else, or something that the caller may not know.',
      resolve: ({ use, ...terms }) => use && { ...use, limit: terms },
    }),
  }),
});

function leftOf(maximum: bigint | undefined, used: bigint, periodEndsAt: Date | undefined): bigint | undefined {
  if (maximum === undefined) return undefined;
  return used > maximum || periodEndsAt === undefined ? 0n : maximum - used;
}
