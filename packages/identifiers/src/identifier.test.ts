import { describe, expect, test } from 'vitest';
import { fromUuid, InvalidIdentifier, newId, parseId, toUuid } from './index.ts';

describe('identifiers', () => {
  test('survive the way into the database and back', () => {
    const id = newId('wal');
    expect(id).toMatch(/^wal_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
    expect(fromUuid('wal', toUuid(id, 'wal'))).toBe(id);
  });

  test('sort by the time of their making', () => {
    const ids = Array.from({ length: 100 }, () => newId('trx'));
    expect([...ids].sort()).toEqual(ids);
  });

  test('of one kind are never taken for another', () => {
    const id = newId('mer');
    expect(parseId(id, 'wal')).toBeUndefined();
    expect(() => toUuid(id, 'wal')).toThrow(InvalidIdentifier);
  });

  test.each([
    '',
    'wal_',
    'wal',
    'wal_zzzzzzzzzzzzzzzzzzzzzzzzzz',
    'wal_01h2xcejqtf2nbrexx3vqjhp4',
    "wal_'; drop table x",
  ])('refuse %j without an exception of the library', (text) => {
    expect(parseId(text, 'wal')).toBeUndefined();
  });
});
