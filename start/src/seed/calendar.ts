const dayMs = 86_400_000;
const minuteMs = 60_000;

const parisClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Paris',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** A day of the calendar, as `2026-09-30`. */
export type Day = string;

/** The day some days before another one. */
export function daysBefore(day: Day, count: number): Day {
  return new Date(Date.parse(day) - count * dayMs).toISOString().slice(0, 10);
}

/** 0 for Sunday to 6 for Saturday. */
export function weekday(day: Day): number {
  return new Date(day).getUTCDay();
}

/**
 * The instant at which clocks in Paris show a time on a day.
 * @param minutes since midnight, at an hour that no change of clocks touches
 */
export function parisInstant(day: Day, minutes: number): Date {
  const asIfUtc = new Date(Date.parse(day) + minutes * minuteMs);
  const [hour = 0, minute = 0] = parisClock.format(asIfUtc).split(':').map(Number);
  const aheadMinutes = (hour * 60 + minute - minutes + 1_440) % 1_440;
  return new Date(asIfUtc.getTime() - aheadMinutes * minuteMs);
}
