import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, dateOf, endOfDate, endOfMonth, startOfDate } from './calendar.ts';

/** Zones with an hour, half an hour, and no summer time, on both halves of the globe, and far from UTC on either side. */
const timeZone = fc.constantFrom(
  ...['Europe/Paris', 'Europe/Dublin', 'America/Martinique', 'America/St_Johns', 'America/Santiago', 'UTC'],
  ...['Australia/Lord_Howe', 'Pacific/Chatham', 'Pacific/Kiritimati', 'Asia/Kathmandu', 'Africa/Casablanca'],
  ...['Africa/Cairo', 'Asia/Beirut', 'America/Havana', 'Indian/Reunion', 'Pacific/Tahiti'],
);
const instant = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2045-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const days = fc.integer({ min: 1, max: 3_650 });
const dayMs = 86_400_000;
/** The longest that a clock is ever put forward or back. */
const changeMsMax = 3_600_000;

/** What the clocks show, by another way than the code's: `2027-06-30 14:00:00,123`. */
function shown(at: Date, timeZone: string): string {
  const date = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 } as const;
  return at.toLocaleString('sv-SE', { timeZone, hourCycle: 'h23', ...date, ...time });
}

const laterDate = (date: string, count: number) =>
  new Date(Date.parse(date) + count * dayMs).toISOString().slice(0, 'yyyy-mm-dd'.length);

describe('so many days later', () => {
  test('it is the same time of day, or the clock was put forward over it', () => {
    fc.assert(
      fc.property(instant, days, timeZone, (at, count, zone) => {
        const later = addDays(at, count, zone);
        const [, timeOfDay] = shown(at, zone).split(' ');
        const wanted = `${laterDate(dateOf(at, zone), count)} ${timeOfDay}`;
        if (shown(later, zone) === wanted) return;
        // No instant shows it: around it the clock goes from before to after.
        const before = new Date(later.getTime() - changeMsMax);
        expect(shown(before, zone) < wanted && wanted < shown(later, zone)).toBe(true);
        expect(Math.abs(later.getTime() - at.getTime() - count * dayMs)).toBeLessThanOrEqual(changeMsMax);
      }),
      { numRuns: 2_000 },
    );
  });

  test('later stays later', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 2 * dayMs }), days, timeZone, (at, aheadMs, count, zone) => {
        const [first, second] = [at, new Date(at.getTime() + aheadMs + changeMsMax)];
        expect(addDays(first, count, zone) <= addDays(second, count, zone)).toBe(true);
      }),
    );
  });
});

describe('a calendar date', () => {
  test('is shown from its first instant to the last before its end, and by no other', () => {
    fc.assert(
      fc.property(instant, timeZone, (at, zone) => {
        const date = dateOf(at, zone);
        const [start, end] = [startOfDate(date, zone), endOfDate(date, zone)];
        expect(start <= at && at < end).toBe(true);
        expect(dateOf(new Date(start.getTime() - 1), zone)).toBe(laterDate(date, -1));
        expect(dateOf(start, zone)).toBe(date);
        expect(dateOf(new Date(end.getTime() - 1), zone)).toBe(date);
        expect(dateOf(end, zone)).toBe(laterDate(date, 1));
      }),
      { numRuns: 2_000 },
    );
  });

  test('that a zone left out has no instant of its own', () => {
    // Samoa went over the date line: its 29th of December 2011 was followed by the 31st.
    expect(startOfDate('2011-12-30', 'Pacific/Apia')).toEqual(startOfDate('2011-12-31', 'Pacific/Apia'));
  });
});

test('the end of a month is the first instant of the next one', () => {
  fc.assert(
    fc.property(instant, fc.integer({ min: 0, max: 120 }), timeZone, (at, months, zone) => {
      const end = endOfMonth(at, months, zone);
      const monthOf = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
      expect(dateOf(end, zone)).toMatch(/-01$/);
      expect(monthOf(dateOf(end, zone))).toBe(monthOf(dateOf(at, zone)) + months + 1);
      expect(dateOf(new Date(end.getTime() - 1), zone)).not.toMatch(/-01$/);
    }),
    { numRuns: 1_000 },
  );
});

test('offsets of seconds, as clocks had in the past, are read', () => {
  expect(startOfDate('1900-01-01', 'Europe/Paris').toISOString()).toBe('1899-12-31T23:50:39.000Z');
});

test('a time zone that does not exist is a fault', () => {
  expect(() => addDays(new Date(), 1, 'Europe/Atlantis')).toThrow(RangeError);
});
