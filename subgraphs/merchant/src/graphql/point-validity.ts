import type { Validity } from '../domain/validity.ts';
import { builder } from './builder.ts';
import { pointValidityKind } from './enums.ts';

export const pointValidity = builder.objectRef<Validity>('PointValidity').implement({
  description: 'How long points are valid.',
  fields: (t) => ({
    kind: t.expose('kind', { type: pointValidityKind, description: 'How it is counted.' }),
    days: t.int({
      nullable: true,
      description: 'Calendar days, with `DAYS` and `INACTIVITY`; null with others.',
      resolve: (validity) => ('days' in validity ? validity.days : null),
    }),
    on: t.string({
      nullable: true,
      description: 'The last day, for instance `2027-06-30`, with `FIXED_DATE`; null with others.',
      resolve: (validity) => ('on' in validity ? validity.on : null),
    }),
    months: t.int({
      nullable: true,
      description: 'Months after the month of earning, 0 is that month, with `END_OF_MONTH`; null with others.',
      resolve: (validity) => ('months' in validity ? validity.months : null),
    }),
  }),
});

/** The validity as clients read it of before there were other kinds than days. */
export function daysOf(validity: Validity): number | null {
  return validity.kind === 'DAYS' ? validity.days : null;
}

/** What to read instead of `pointValidityDays`. */
export const pointValidityDaysDeprecation = 'Points may be valid in other ways than for days: read `validity`.';

export const lotTermDescriptions = {
  activationDelayDays:
    "Days that points stay pending after they were earned, to the same time of day in the merchant's time zone; 0 means that they can be spent at once.",
  validity: 'How long points are valid.',
  pointValidityDays: 'Days that a point is valid, where `validity` is `DAYS`; else null.',
  negativeBalance: 'What may happen when the points of a returned purchase were spent already.',
  refundGraceDays:
    'Days, from a refund on, that points given back are valid where theirs had expired; 0 means not at all.',
};
