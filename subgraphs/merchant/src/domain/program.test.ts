import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputRules } from './input-rules.ts';
import { decideStart, type ProgramTerms, pointAssetCode, publicationNoticeMs, readTerms } from './program.ts';
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
  pointValidityDays: undefined,
};
const read = (changes: Partial<ProgramTerms>) => {
  const rules = new InputRules();
  const result = readTerms(rules, { ...terms, ...changes });
  rules.check();
  return result;
};

test('terms pass as they are', () => {
  expect(read({ pointName: ' croissant ' })).toEqual(terms);
  expect(read({ pointValidityDays: 365 }).pointValidityDays).toBe(365);
});

test.each<[string, Partial<ProgramTerms>]>([
  ['no points', { points: 0n }],
  ['too many points', { points: 1_000_001n }],
  ['no amount', { perAmountMinor: 0n }],
  ['an amount beyond every column', { perAmountMinor: 10n ** 30n }],
  ['a negative minimum', { minimumPurchaseMinor: -1n }],
  ['points that are never valid', { pointValidityDays: 0 }],
  ['points that outlive the merchant', { pointValidityDays: 3_651 }],
  ['a point without a name', { pointName: '' }],
  ['a point with a story', { pointName: 'x'.repeat(41) }],
])('terms with %s are refused', (_what, changes) => {
  expect(() => read(changes)).toThrow(InvalidInput);
});

test('the point asset is named by the program', () => {
  expect(pointAssetCode('prg_01jd3x6m1hf5tbp6z3b2y9k0qe')).toBe('PTS.01jd3x6m1hf5tbp6z3b2y9k0qe');
});
