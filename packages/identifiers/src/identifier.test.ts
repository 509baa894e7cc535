import { describe, expect, test } from 'vitest';
import { fromUuid, InvalidIdentifier, newId, newUuid, parseId, toUuid } from './index.ts';

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

  test('are what the format says: the example of its specification', () => {
    expect(fromUuid('wal', '01890a5d-ac96-774b-bcce-b302099a8057')).toBe('wal_01h455vb4pex5vsknk084sn02q');
  });

  test('are made of UUIDs alone', () => {
    expect(() => fromUuid('wal', 'wal_01h2xcejqtf2nbrexx3vqjhp41')).toThrow(InvalidIdentifier);
    expect(() => fromUuid('wal', '')).toThrow(InvalidIdentifier);
  });

  test('are made of UUIDs of version 7, each once, in order, however many there are in a millisecond', () => {
    const uuids = Array.from({ length: 20_000 }, newUuid);
    expect(new Set(uuids).size).toBe(uuids.length);
    expect([...uuids].sort()).toEqual(uuids);
    expect(
      uuids.filter((uuid) => !/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid)),
    ).toEqual([]);
    const madeAtMs = Number.parseInt((uuids[0] ?? '').replaceAll('-', '').slice(0, 12), 16);
    expect(Math.abs(Date.now() - madeAtMs)).toBeLessThan(60_000);
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
