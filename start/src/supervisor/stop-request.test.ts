import { expect, test } from 'vitest';
import { signalMeaning } from './stop-request.ts';

test('one Ctrl-C stops once, however many processes pass it on; a second one ends at once', () => {
  expect(signalMeaning(undefined)).toBe('stop');
  expect(signalMeaning(3)).toBe('same press');
  expect(signalMeaning(1_000)).toBe('same press');
  expect(signalMeaning(1_001)).toBe('end at once');
});
