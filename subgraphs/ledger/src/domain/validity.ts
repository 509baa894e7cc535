import { addDays, endOfDate, endOfMonth } from './calendar.ts';
import type { ProgramVersion } from './program.ts';

/** When a lot of points can be spent: from `activatesAt` on and before `expiresAt`. */
export interface LotDates {
  /** Undefined means at once. */
  activatesAt?: Date;
  /**
   * The first instant at which the lot is no longer valid; undefined means without end. It may lie before the activation or
   * even before the earning, where a program went on to be rated by a fixed date that has passed: such points expire unspent.
   */
  expiresAt?: Date;
  /** Where the holder's activity counts: `expiresAt` moves to so many days (`addDays`) after each. */
  inactivityDays?: number;
}

/**
 * The dates of points that are earned at an instant. Days are calendar days in the program's time zone, to the same time of
 * day as the earning, which counts as an activity.
 * @param timeZone IANA name
 */
export function lotDates(
  { activationDelayDays, validity }: Pick<ProgramVersion, 'activationDelayDays' | 'validity'>,
  timeZone: string,
  earnedAt: Date,
): LotDates {
  const activation = activationDelayDays === 0 ? {} : { activatesAt: addDays(earnedAt, activationDelayDays, timeZone) };
  switch (validity.kind) {
    case 'UNLIMITED':
      return activation;
    case 'DAYS':
      return { ...activation, expiresAt: addDays(earnedAt, validity.days, timeZone) };
    case 'FIXED_DATE':
      return { ...activation, expiresAt: endOfDate(validity.on, timeZone) };
    case 'END_OF_MONTH':
      return { ...activation, expiresAt: endOfMonth(earnedAt, validity.months, timeZone) };
    case 'INACTIVITY': {
      const { days } = validity;
      return { ...activation, expiresAt: addDays(earnedAt, days, timeZone), inactivityDays: days };
    }
  }
}
