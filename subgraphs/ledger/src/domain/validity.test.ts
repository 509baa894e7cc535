import { describe, expect, test } from 'vitest';
import type { Validity } from './program.ts';
import { lotDates } from './validity.ts';

const paris = 'Europe/Paris';
const unlimited: Validity = { kind: 'UNLIMITED' };

function datesOf(validity: Validity, earnedAt: string, { activationDelayDays = 0, timeZone = paris } = {}) {
  const { activatesAt, expiresAt, inactivityDays } = lotDates(
    { activationDelayDays, validity },
    timeZone,
    new Date(earnedAt),
  );
  return { activatesAt: activatesAt?.toISOString(), expiresAt: expiresAt?.toISOString(), inactivityDays };
}

const expiryOf = (...of: Parameters<typeof datesOf>) => datesOf(...of).expiresAt;

test('points without a delay and without an end have no dates', () => {
  expect(lotDates({ activationDelayDays: 0, validity: unlimited }, paris, new Date())).toEqual({});
});

test('points are pending for calendar days, to the same time of day', () => {
  expect(datesOf(unlimited, '2027-03-27T14:30:00.123Z', { activationDelayDays: 14 })).toEqual({
    activatesAt: '2027-04-10T13:30:00.123Z',
  });
});

describe('so many days', () => {
  test.each([
    ['in the same offset are so many times 24 hours', 30, '2027-01-10T08:00:00.000Z', '2027-02-09T08:00:00.000Z'],
    ['over the start of summer time are an hour shorter', 1, '2027-03-27T12:00:00.000Z', '2027-03-28T11:00:00.000Z'],
    ['over its end are an hour longer', 1, '2027-10-30T12:00:00.000Z', '2027-10-31T13:00:00.000Z'],
    ['to a time of day that is left out end as much later', 1, '2027-03-27T01:30:00.000Z', '2027-03-28T01:30:00.000Z'],
    ['to a time of day that comes twice end the first time', 1, '2027-10-30T00:30:00.000Z', '2027-10-31T00:30:00.000Z'],
    ['over a leap day count it', 365, '2028-01-01T11:00:00.000Z', '2028-12-31T11:00:00.000Z'],
  ])('%s', (_rule, days, earnedAt, expected) => {
    expect(expiryOf({ kind: 'DAYS', days }, earnedAt)).toBe(expected);
  });
});

describe('a fixed date', () => {
  test.each([
    ['counts to its end in winter', '2027-12-31', '2027-12-31T23:00:00.000Z', paris],
    ['counts to its end in summer', '2027-06-30', '2027-06-30T22:00:00.000Z', paris],
    ['has 23 hours when summer time starts', '2027-03-28', '2027-03-28T22:00:00.000Z', paris],
    ['has 25 hours when it ends', '2027-10-31', '2027-10-31T23:00:00.000Z', paris],
    ['is a date overseas, too', '2027-06-30', '2027-07-01T04:00:00.000Z', 'America/Martinique'],
    ['ends with the day where the next has no midnight', '2027-09-04', '2027-09-05T04:00:00.000Z', 'America/Santiago'],
  ])('%s', (_rule, on, expected, timeZone) => {
    expect(expiryOf({ kind: 'FIXED_DATE', on }, '2027-01-01T00:00:00Z', { timeZone })).toBe(expected);
  });

  test('that has passed lies before what is still earned', () => {
    expect(expiryOf({ kind: 'FIXED_DATE', on: '2026-12-31' }, '2027-02-01T00:00:00Z')).toBe('2026-12-31T23:00:00.000Z');
  });
});

describe('the end of a month', () => {
  test.each([
    ['0 is the end of the month of earning', 0, '2027-02-10T12:00:00Z', '2027-02-28T23:00:00.000Z'],
    ['a leap year has one day more', 0, '2028-02-10T12:00:00Z', '2028-02-29T23:00:00.000Z'],
    ['1 is the end of the next, also where that is shorter', 1, '2027-01-31T12:00:00Z', '2027-02-28T23:00:00.000Z'],
    ['12 is the end of the same month a year later', 12, '2027-06-15T12:00:00Z', '2028-06-30T22:00:00.000Z'],
    ['the month is that of the local date', 0, '2027-05-31T22:30:00Z', '2027-06-30T22:00:00.000Z'],
    ['December leads to the year after', 1, '2027-12-31T22:59:59.999Z', '2028-01-31T23:00:00.000Z'],
  ])('%s', (_rule, months, earnedAt, expected) => {
    expect(expiryOf({ kind: 'END_OF_MONTH', months }, earnedAt)).toBe(expected);
  });
});

test('inactivity is counted from the earning, which is an activity, and says its days', () => {
  expect(datesOf({ kind: 'INACTIVITY', days: 180 }, '2027-01-10T12:00:00Z')).toEqual({
    expiresAt: '2027-07-09T11:00:00.000Z',
    inactivityDays: 180,
  });
});
