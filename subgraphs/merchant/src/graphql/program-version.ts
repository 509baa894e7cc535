import type { ProgramVersionState } from '../store/program-versions.ts';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';
import { negativeBalancePolicy, rounding } from './enums.ts';
import { daysOf, lotTermDescriptions, pointValidity, pointValidityDaysDeprecation } from './point-validity.ts';

export const programVersion = builder.objectRef<ProgramVersionState>('ProgramVersion').implement({
  description:
    'The terms of a loyalty program from an instant on. They never change: in force is the highest version that has started.',
  fields: (t) => ({
    version: t.exposeInt('version', { description: '1, 2, 3, …' }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      description: 'When the terms come into force. Purchases are rated by the time when they happened.',
    }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime', description: 'When the terms were published.' }),
    pointName: t.exposeString('pointName', { description: 'Name of one point, for instance `croissant`.' }),
    points: t.expose('points', { type: 'BigInt', description: 'Points earned for each `perAmountMinor`.' }),
    perAmountMinor: t.expose('perAmountMinor', {
      type: 'BigInt',
      description: "Minor units of the program's currency that earn `points`, for instance 100 for each euro.",
    }),
    rounding: t.expose('rounding', { type: rounding, description: 'What becomes of the fraction of a point.' }),
    minimumPurchaseMinor: t.expose('minimumPurchaseMinor', {
      type: 'BigInt',
      description: "Purchases below earn nothing; minor units of the program's currency, 0 means no minimum.",
    }),
    activationDelayDays: t.exposeInt('activationDelayDays', { description: lotTermDescriptions.activationDelayDays }),
    validity: t.expose('validity', { type: pointValidity, description: lotTermDescriptions.validity }),
    pointValidityDays: t.int({
      nullable: true,
      description: lotTermDescriptions.pointValidityDays,
      deprecationReason: pointValidityDaysDeprecation,
      resolve: ({ validity }) => daysOf(validity),
    }),
    negativeBalance: t.expose('negativeBalance', {
      type: negativeBalancePolicy,
      description: lotTermDescriptions.negativeBalance,
    }),
    refundGraceDays: t.exposeInt('refundGraceDays', { description: lotTermDescriptions.refundGraceDays }),
  }),
});

export const programVersionConnection = connectionOf(programVersion, {
  name: 'ProgramVersion',
  one: 'A version',
  many: 'versions, ascending',
  cursorOf: ({ version }) => String(version),
});

/** Reads the cursor of a version: its number. */
export function readVersionCursor(cursor: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(cursor) ? Number(cursor) : undefined;
}
