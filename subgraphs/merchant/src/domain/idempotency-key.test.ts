import { expect, test } from 'vitest';
import { MalformedIdempotencyKey, requireIdempotencyKey } from './idempotency-key.ts';

test.each(['camille@example.com', 'Camille Martin', '', 'a'.repeat(65), 'é', 'a\n'])(
  'a key holds no room for names, addresses or numbers with spaces: %j',
  (key) => {
    expect(() => requireIdempotencyKey(key)).toThrow(MalformedIdempotencyKey);
  },
);

test('a key of a till or a UUID passes', () => {
  for (const key of ['till-3/2026-11-22_0001.a', '0193-4a2b', 'a'.repeat(64)]) {
    expect(() => requireIdempotencyKey(key)).not.toThrow();
  }
});
