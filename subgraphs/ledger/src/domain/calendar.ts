const dayMs = 86_400_000;

/**
 * The instant so many calendar days later, at the same time of day in a time zone. Where that time of day does not exist,
 * the clock having been put forward over it, as much later as the clock was; where it comes twice, the first one.
 * @param timeZone IANA name
 */
export function addDays(at: Date, days: number, timeZone: string): Date {
  return instantOf(localMs(at, timeZone) + days * dayMs, timeZone);
}

/**
 * The first instant of a calendar date in a time zone.
 * @param date `2027-06-30`
 */
export function startOfDate(date: string, timeZone: string): Date {
  return instantOf(Date.parse(date), timeZone);
}

/** The first instant of the day after a calendar date: whatever is valid on that date is valid before it. */
export function endOfDate(date: string, timeZone: string): Date {
  return instantOf(Date.parse(date) + dayMs, timeZone);
}

/** The first instant after the n-th month that follows the month of an instant; 0 is the month itself. */
export function endOfMonth(at: Date, months: number, timeZone: string): Date {
  const local = new Date(localMs(at, timeZone));
  return instantOf(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + months + 1, 1), timeZone);
}

/** The calendar date (`2027-06-30`) of an instant in a time zone. */
export function dateOf(at: Date, timeZone: string): string {
  return new Date(localMs(at, timeZone)).toISOString().slice(0, 'yyyy-mm-dd'.length);
}

/** What the clocks of a time zone show at an instant, as if they were UTC's. */
function localMs(at: Date, timeZone: string): number {
  return at.getTime() + offsetMs(at.getTime(), timeZone);
}

/**
 * The instant at which clocks show a time. A zone's offset changes at most once within two days, so the offsets of the day
 * before and of the day after are all that can be in force.
 */
function instantOf(local: number, timeZone: string): Date {
  const before = local - offsetMs(local - dayMs, timeZone);
  const after = local - offsetMs(local + dayMs, timeZone);
  const shown = [before, after].filter((instant) => instant + offsetMs(instant, timeZone) === local);
  return new Date(shown.length > 0 ? Math.min(...shown) : before);
}

/** A formatter takes a thousand times longer to make than to use; there are some 400 zones. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function offsetMs(instant: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    formatters.set(timeZone, formatter);
  }
  // `11/14/2023, GMT+01:00`; `GMT` alone is no offset, seconds stand in the far past alone.
  const shown = /GMT(?:(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d)(?::(?<seconds>\d\d))?)?$/.exec(
    formatter.format(instant),
  );
  if (shown === null) throw new Error(`The offset of ${timeZone} cannot be read.`);
  const { sign, hours = '0', minutes = '0', seconds = '0' } = shown.groups ?? {};
  const totalSeconds = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  return (sign === '-' ? -totalSeconds : totalSeconds) * 1_000;
}
