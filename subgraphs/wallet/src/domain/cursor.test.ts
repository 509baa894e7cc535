import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidCursor, readCursor, writeCursor } from './cursor.ts';

const wallet = '0199d3c2-7f00-7000-8000-000000000001';
const otherWallet = '0199d3c2-7f00-7000-8000-000000000002';

test('a cursor gives back the version that it was made of, for every version', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.bigInt(0n, 2n ** 63n - 1n), (holderId, version) => {
      expect(readCursor(holderId, writeCursor(holderId, version))).toBe(version);
    }),
  );
});

test('a cursor of another wallet is refused', () => {
  expect(() => readCursor(otherWallet, writeCursor(wallet, 5n))).toThrow(InvalidCursor);
});

test('a text that is no cursor is refused', () => {
  const cursor = writeCursor(wallet, 5n);
  const negative = Buffer.from(cursor, 'base64url');
  negative.writeBigInt64BE(-1n, 17);
  const texts = [
    '',
    '5',
    'not a cursor',
    `${cursor}A`,
    cursor.slice(0, -1),
    ` ${cursor}`,
    `${cursor}=`,
    negative.toString('base64url'),
  ];
  for (const text of texts) expect(() => readCursor(wallet, text)).toThrow(InvalidCursor);
});
