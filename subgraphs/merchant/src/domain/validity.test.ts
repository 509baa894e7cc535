import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputRules } from './input-rules.ts';
import { InvalidInput } from './refusals.ts';
import { readValidity, requireActivation, requireDateAhead, type Validity, type ValidityDraft } from './validity.ts';

/** The fields at fault; none when every rule is kept. */
function faultsOf(read: (rules: InputRules) => unknown): string[] {
  const rules = new InputRules();
  read(rules);
  try {
    rules.check();
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ field }) => field);
    throw error;
  }
}

test.each<[ValidityDraft | undefined, number | undefined, Validity]>([
  [undefined, undefined, { kind: 'UNLIMITED' }],
  [undefined, 365, { kind: 'DAYS', days: 365 }],
  [{ kind: 'UNLIMITED' }, undefined, { kind: 'UNLIMITED' }],
  [{ kind: 'DAYS', days: 1 }, undefined, { kind: 'DAYS', days: 1 }],
  [{ kind: 'FIXED_DATE', on: '2028-02-29' }, undefined, { kind: 'FIXED_DATE', on: '2028-02-29' }],
  [{ kind: 'END_OF_MONTH', months: 0 }, undefined, { kind: 'END_OF_MONTH', months: 0 }],
  [{ kind: 'INACTIVITY', days: 3_650 }, undefined, { kind: 'INACTIVITY', days: 3_650 }],
])('%j and %j days are read', (draft, days, expected) => {
  const rules = new InputRules();
  expect(readValidity(rules, draft, days)).toEqual(expected);
  rules.check();
});

const [days, on, months] = ['terms.validity.days', 'terms.validity.on', 'terms.validity.months'];
test.each<[ValidityDraft | undefined, number | undefined, string[]]>([
  [undefined, 0, ['terms.pointValidityDays']],
  [undefined, 3_651, ['terms.pointValidityDays']],
  [{ kind: 'UNLIMITED' }, 365, ['terms.pointValidityDays']],
  [{ kind: 'DAYS', days: 365 }, 365, ['terms.pointValidityDays']],
  [{ kind: 'DAYS' }, undefined, [days]],
  [{ kind: 'DAYS', days: 0 }, undefined, [days]],
  [{ kind: 'INACTIVITY', days: 3_651 }, undefined, [days]],
  [{ kind: 'UNLIMITED', days: 30 }, undefined, [days]],
  [{ kind: 'DAYS', days: 30, on: '2027-06-30', months: 1 }, undefined, [on, months]],
  [{ kind: 'FIXED_DATE' }, undefined, [on]],
  [{ kind: 'FIXED_DATE', on: '2027-02-29' }, undefined, [on]],
  [{ kind: 'FIXED_DATE', on: '2027-13-01' }, undefined, [on]],
  [{ kind: 'FIXED_DATE', on: '30.06.2027' }, undefined, [on]],
  [{ kind: 'FIXED_DATE', on: '2027-06-30T12:00:00Z' }, undefined, [on]],
  [{ kind: 'END_OF_MONTH' }, undefined, [months]],
  [{ kind: 'END_OF_MONTH', months: 121 }, undefined, [months]],
  [{ kind: 'END_OF_MONTH', months: -1 }, undefined, [months]],
])('%j and %j days are refused, naming %j', (draft, pointValidityDays, expected) => {
  expect(faultsOf((rules) => readValidity(rules, draft, pointValidityDays))).toEqual(expected);
});

describe('points become active before they expire', () => {
  test.each<[Validity, number, boolean]>([
    [{ kind: 'UNLIMITED' }, 365, true],
    [{ kind: 'DAYS', days: 14 }, 13, true],
    [{ kind: 'DAYS', days: 14 }, 14, false],
    [{ kind: 'INACTIVITY', days: 14 }, 14, false],
    [{ kind: 'END_OF_MONTH', months: 0 }, 0, true],
    [{ kind: 'END_OF_MONTH', months: 0 }, 1, false],
    [{ kind: 'END_OF_MONTH', months: 1 }, 28, true],
    [{ kind: 'END_OF_MONTH', months: 1 }, 29, false],
  ])('%j after %d days: %j', (validity, delayDays, isKept) => {
    const expected = isKept ? [] : ['terms.activationDelayDays'];
    expect(faultsOf((rules) => requireActivation(rules, validity, delayDays))).toEqual(expected);
  });

  test('whatever day of whatever year they are earned on, where they are valid to the end of a month', () => {
    const day = fc.date({ min: new Date('2024-01-01'), max: new Date('2044-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 365 }), (earnedAt, count, delay) => {
        const validity: Validity = { kind: 'END_OF_MONTH', months: count };
        fc.pre(faultsOf((rules) => requireActivation(rules, validity, delay)).length === 0);
        const end = Date.UTC(earnedAt.getUTCFullYear(), earnedAt.getUTCMonth() + count + 1, 1);
        expect(earnedAt.getTime() + delay * 86_400_000).toBeLessThan(end);
      }),
    );
  });
});

describe('a fixed date', () => {
  // In Paris it is the 1st of March already.
  const startsAt = new Date('2027-02-28T23:30:00Z');
  const isRefused = (onDate: string, activationDelayDays = 0, timeZone = 'Europe/Paris') => {
    const terms = { validity: { kind: 'FIXED_DATE', on: onDate } as const, activationDelayDays };
    return faultsOf((rules) => requireDateAhead(rules, terms, { startsAt, timeZone })).length > 0;
  };

  test('may be the day of the start, as the merchant counts its days, and none before', () => {
    expect([isRefused('2027-03-01'), isRefused('2027-02-28')]).toEqual([false, true]);
    expect(isRefused('2027-02-28', 0, 'America/Martinique')).toBe(false);
  });

  test('is not before the first points become active', () => {
    expect([isRefused('2027-03-15', 14), isRefused('2027-03-14', 14)]).toEqual([false, true]);
  });

  test('lies at most ten years ahead', () => {
    expect([isRefused('2037-02-26'), isRefused('2037-02-27')]).toEqual([false, true]);
  });

  test('is the only validity that hangs on the start', () => {
    const terms = { validity: { kind: 'DAYS', days: 1 } as const, activationDelayDays: 0 };
    expect(faultsOf((rules) => requireDateAhead(rules, terms, { startsAt, timeZone: 'UTC' }))).toEqual([]);
  });
});
