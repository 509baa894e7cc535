import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalText } from './canonical.ts';
import { InputRules } from './input-rules.ts';
import {
  decideStart,
  intentOf,
  type ProgramTerms,
  type ProgramTermsDraft,
  pointAssetCode,
  publicationNoticeMs,
  readTerms,
} from './program.ts';
import { InvalidInput, InvalidStart } from './refusals.ts';

const now = new Date('2026-11-22T10:00:00.000Z');
const after = (ms: number) => new Date(now.getTime() + ms);
const dayMs = 86_400_000;

describe('the start of a version', () => {
  test('is 60 s after its publication when nothing is asked for', () => {
    expect(decideStart({ startsAt: undefined, now })).toEqual(after(60_000));
  });

  test('is never earlier than 60 s after its publication', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -dayMs, max: dayMs }),
        fc.option(fc.integer({ min: -dayMs, max: dayMs })),
        (asked, previous) => {
          const previousStartsAt = previous === null ? undefined : after(previous);
          try {
            const start = decideStart({ startsAt: after(asked), now, previousStartsAt });
            return start >= after(publicationNoticeMs) && (previousStartsAt === undefined || start >= previousStartsAt);
          } catch (error) {
            return error instanceof InvalidStart && asked < Math.max(publicationNoticeMs, previous ?? 0);
          }
        },
      ),
    );
  });

  test('does not go back before the version that is planned already', () => {
    const planned = after(30 * dayMs);
    expect(decideStart({ startsAt: undefined, now, previousStartsAt: planned })).toEqual(planned);
    expect(() => decideStart({ startsAt: after(dayMs), now, previousStartsAt: planned })).toThrow(InvalidStart);
    expect(decideStart({ startsAt: planned, now, previousStartsAt: planned })).toEqual(planned);
  });

  test('may lie in the past for the first version of an import, and only there', () => {
    expect(decideStart({ startsAt: after(-90 * dayMs), now, isImport: true })).toEqual(after(-90 * dayMs));
    expect(() => decideStart({ startsAt: after(-90 * dayMs), now })).toThrow(InvalidStart);
    expect(() => decideStart({ startsAt: new Date(0), now, isImport: true })).toThrow(InvalidStart);
  });

  test('does not lie beyond two years; the refusal names both bounds', () => {
    try {
      decideStart({ startsAt: after(800 * dayMs), now });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ earliestStartsAt: after(60_000), latestStartsAt: after(732 * dayMs) });
    }
  });
});

const terms: ProgramTerms = {
  pointName: 'croissant',
  points: 1n,
  perAmountMinor: 100n,
  rounding: 'DOWN',
  minimumPurchaseMinor: 0n,
  activationDelayDays: 0,
  validity: { kind: 'UNLIMITED' },
  negativeBalance: 'NEVER',
  refundGraceDays: 0,
};
const read = (changes: Partial<ProgramTermsDraft>) => {
  const rules = new InputRules();
  const result = readTerms(rules, { ...terms, ...changes });
  rules.check();
  return result;
};

test('terms pass as they are', () => {
  expect(read({ pointName: ' croissant ' })).toEqual(terms);
  const lots = { activationDelayDays: 365, negativeBalance: 'WITHIN_PENDING', refundGraceDays: 365 } as const;
  expect(read(lots)).toEqual({ ...terms, ...lots });
});

test.each<[string, Partial<ProgramTermsDraft>]>([
  ['no points', { points: 0n }],
  ['too many points', { points: 1_000_001n }],
  ['no amount', { perAmountMinor: 0n }],
  ['an amount beyond every column', { perAmountMinor: 10n ** 30n }],
  ['a negative minimum', { minimumPurchaseMinor: -1n }],
  ['points that were active before they were earned', { activationDelayDays: -1 }],
  ['points that are pending for longer than a year', { activationDelayDays: 366 }],
  ['a debt within pending points that there never are', { negativeBalance: 'WITHIN_PENDING' }],
  ['a grace that is none', { refundGraceDays: -1 }],
  ['a grace of more than a year', { refundGraceDays: 366 }],
  ['a point without a name', { pointName: '' }],
  ['a point with a story', { pointName: 'x'.repeat(41) }],
])('terms with %s are refused', (_what, changes) => {
  expect(() => read(changes)).toThrow(InvalidInput);
});

describe('an idempotency key', () => {
  const {
    activationDelayDays: _delay,
    validity: _validity,
    negativeBalance: _debt,
    refundGraceDays: _grace,
    ...before
  } = terms;

  test('that was used before there were terms of lots still names the same intent', () => {
    expect(canonicalText(intentOf(terms))).toBe(canonicalText({ ...before, pointValidityDays: undefined }));
    const days = canonicalText({ ...before, pointValidityDays: 365 });
    expect(canonicalText(intentOf(read({ validity: undefined, pointValidityDays: 365 })))).toBe(days);
    expect(canonicalText(intentOf(read({ validity: { kind: 'DAYS', days: 365 } })))).toBe(days);
  });

  test('names another intent with any other term', () => {
    const intents = [
      read({}),
      read({ activationDelayDays: 1 }),
      read({ validity: { kind: 'INACTIVITY', days: 365 } }),
      read({ validity: { kind: 'DAYS', days: 365 } }),
      read({ validity: { kind: 'END_OF_MONTH', months: 0 } }),
      read({ negativeBalance: 'UNLIMITED' }),
      read({ refundGraceDays: 1 }),
    ].map((it) => canonicalText(intentOf(it)));
    expect(new Set(intents).size).toBe(intents.length);
  });
});

test('the point asset is named by the program', () => {
  expect(pointAssetCode('prg_01jd3x6m1hf5tbp6z3b2y9k0qe')).toBe('PTS.01jd3x6m1hf5tbp6z3b2y9k0qe');
});
