import type { InputRules } from './input-rules.ts';

/** How the validity of points is counted. */
export const validityKinds = ['UNLIMITED', 'DAYS', 'FIXED_DATE', 'END_OF_MONTH', 'INACTIVITY'] as const;
export type ValidityKind = (typeof validityKinds)[number];

/**
 * How long points are valid, in the merchant's time zone. DAYS: so many after the earning, to the same time of day;
 * FIXED_DATE: to the end of a calendar date (`2027-06-30`); END_OF_MONTH: to the end of the n-th month after the month of
 * earning, 0 is that month; INACTIVITY: so many days after the holder's last activity.
 */
export type Validity =
  | { kind: 'UNLIMITED' }
  | { kind: 'DAYS'; days: number }
  | { kind: 'FIXED_DATE'; on: string }
  | { kind: 'END_OF_MONTH'; months: number }
  | { kind: 'INACTIVITY'; days: number };

/** A validity as it is asked for: which of the values belong to the kind is to be judged. */
export interface ValidityDraft {
  kind: ValidityKind;
  days?: number | undefined;
  on?: string | undefined;
  months?: number | undefined;
}

const dayMs = 86_400_000;
/** No month is shorter. */
const shortestMonthDays = 28;
/** Who promises more than ten years has not thought of the next owner. */
const daysBounds = { minimum: 1, maximum: 3_650 };
const monthsBounds = { minimum: 0, maximum: 120 };

/**
 * Reads how long points are valid. Clients of before there were other kinds say it in days.
 * @param days what they say; undefined means without end
 */
export function readValidity(rules: InputRules, draft: ValidityDraft | undefined, days: number | undefined): Validity {
  if (draft === undefined) {
    if (days === undefined) return { kind: 'UNLIMITED' };
    return { kind: 'DAYS', days: rules.number('terms.pointValidityDays', days, daysBounds) };
  }
  rules.require('terms.pointValidityDays', days === undefined, 'must be left out where validity is given.');
  const { kind } = draft;
  requireOwnValues(rules, draft);
  switch (kind) {
    case 'UNLIMITED':
      return { kind };
    case 'DAYS':
    case 'INACTIVITY':
      return { kind, days: rules.number('terms.validity.days', draft.days ?? daysBounds.minimum, daysBounds) };
    case 'FIXED_DATE': {
      const on = draft.on ?? '';
      const isDate = isCalendarDate(on) || draft.on === undefined;
      rules.require('terms.validity.on', isDate, 'must be a calendar date, for instance 2027-06-30.');
      return { kind, on };
    }
    case 'END_OF_MONTH': {
      const months = draft.months ?? monthsBounds.minimum;
      return { kind, months: rules.number('terms.validity.months', months, monthsBounds) };
    }
  }
}

/** Every kind has one value of its own, and no other. */
function requireOwnValues(rules: InputRules, draft: ValidityDraft): void {
  const owners: Record<'days' | 'on' | 'months', ValidityKind[]> = {
    days: ['DAYS', 'INACTIVITY'],
    on: ['FIXED_DATE'],
    months: ['END_OF_MONTH'],
  };
  for (const field of ['days', 'on', 'months'] as const) {
    const isOwn = owners[field].includes(draft.kind);
    const isGiven = draft[field] !== undefined;
    const message = isOwn ? `must be given with ${draft.kind}.` : `belongs to ${owners[field].join(' and ')} alone.`;
    rules.require(`terms.validity.${field}`, isOwn === isGiven, message);
  }
}

/** Requires that whatever is earned becomes active before it expires, as far as that does not hang on when terms start. */
export function requireActivation(rules: InputRules, validity: Validity, activationDelayDays: number): void {
  const field = 'terms.activationDelayDays';
  if (validity.kind === 'DAYS' || validity.kind === 'INACTIVITY') {
    const message = `must be below the ${validity.days} days of validity: points would expire while they are pending.`;
    rules.require(field, activationDelayDays < validity.days, message);
  }
  if (validity.kind === 'END_OF_MONTH') {
    const daysMax = validity.months * shortestMonthDays;
    const message = `must be at most ${daysMax} with ${validity.months} months of validity: what is earned on the last day of a month would expire while it is pending.`;
    rules.require(field, activationDelayDays <= daysMax, message);
  }
}

/**
 * Requires that a fixed date comes after the first points that are earned under the terms became active, and not ages later.
 * @param timeZone IANA name
 */
export function requireDateAhead(
  rules: InputRules,
  { validity, activationDelayDays }: { validity: Validity; activationDelayDays: number },
  { startsAt, timeZone }: { startsAt: Date; timeZone: string },
): void {
  if (validity.kind !== 'FIXED_DATE') return;
  const start = dateOf(startsAt, timeZone);
  const [earliest, latest] = [addDays(start, activationDelayDays), addDays(start, daysBounds.maximum)];
  rules.require(
    'terms.validity.on',
    validity.on >= earliest && validity.on <= latest,
    `must be from ${earliest}, when the first points become active, to ${latest}.`,
  );
}

/** Whether a text is a date of the calendar, for instance `2028-02-29`. */
function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(text);
  // The 30th of February is read as a day of March.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, date.length);
}

/** The calendar date of an instant. Sweden writes it as ISO 8601 does. */
function dateOf(at: Date, timeZone: string): string {
  return at.toLocaleDateString('sv-SE', { timeZone });
}
