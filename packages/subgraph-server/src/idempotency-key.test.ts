import { expect, test } from 'vitest';
import { demandIdempotencyKey, idempotencyKeyDescription, isIdempotencyKey } from './index.ts';

test.each(['camille@example.com', 'Camille Martin', '', 'a'.repeat(129), 'é', 'a\n'])(
  'a key holds no room for names, addresses or numbers with spaces: %j',
  (key) => {
    expect(isIdempotencyKey(key)).toBe(false);
    expect(() => demandIdempotencyKey(key)).toThrow(
      expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' }, message: expect.not.stringContaining('@') }),
    );
  },
);

test.each(['till-3/2026-11-22_0001.a', '0193-4a2b', 'urn:till:7', 'a'.repeat(128)])(
  'the key of a till, and a UUID, pass: %s',
  (key) => {
    expect(() => demandIdempotencyKey(key)).not.toThrow();
  },
);

test('clients are told the form that is held', () => {
  const stated = /(\d+) to (\d+) of ([^,]+), no personal data/.exec(idempotencyKeyDescription);
  const characters = stated?.[3]?.replaceAll(/(.)-(.) /g, '$1$2').replaceAll(' ', '') ?? '';
  expect(isIdempotencyKey(characters)).toBe(true);
  expect(stated?.slice(1, 3)).toEqual(['1', '128']);
});
