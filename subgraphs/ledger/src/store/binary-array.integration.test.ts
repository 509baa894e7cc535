import { createPool } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  byteaArray,
  int2Array,
  int4Array,
  int8Array,
  jsonbArray,
  OutOfRange,
  textArray,
  timestamptzArray,
  uuidArray,
} from './binary-array.ts';

let database: TestDatabase;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.connectionString('ledger'), name: 'arrays test', max: 1 });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** What PostgreSQL reads: the elements as text. */
async function readBack(type: string, array: Buffer): Promise<(string | null)[]> {
  const { rows } = await pool.query<{ element: string | null }>(
    `SELECT element::text FROM unnest($1::${type}[]) element`,
    [array],
  );
  return rows.map(({ element }) => element);
}

test.each([
  ['smallint', int2Array([1, -32_768, undefined, 32_767]), ['1', '-32768', null, '32767']],
  ['integer', int4Array([0, undefined, -2_147_483_648]), ['0', null, '-2147483648']],
  [
    'bigint',
    int8Array([2n ** 53n + 1n, -(2n ** 62n), undefined, 2n ** 63n - 1n]),
    ['9007199254740993', '-4611686018427387904', null, '9223372036854775807'],
  ],
  ['text', textArray(['', 'NULL', 'é€𝄞 "{},\\', undefined]), ['', 'NULL', 'é€𝄞 "{},\\', null]],
  ['bytea', byteaArray([Buffer.from([0, 255]), undefined, Buffer.alloc(0)]), ['\\x00ff', null, '\\x']],
  ['jsonb', jsonbArray(['{"a":"é"}', undefined]), ['{"a": "é"}', null]],
  [
    'timestamptz',
    timestamptzArray([new Date('2026-11-28T10:00:00.123Z'), new Date('1970-01-01T00:00:00Z'), undefined]),
    ['2026-11-28 10:00:00.123+00', '1970-01-01 00:00:00+00', null],
  ],
  [
    'uuid',
    uuidArray(['01936b1e-0000-7000-8000-0000000000ff', undefined]),
    ['01936b1e-0000-7000-8000-0000000000ff', null],
  ],
])('an array of %s arrives as it was, with what is missing', async (type, array, elements) => {
  expect(await readBack(type, array)).toEqual(elements);
});

test('an empty array arrives as one', async () => {
  const { rows } = await pool.query('SELECT cardinality($1::uuid[]) AS length', [uuidArray([])]);
  expect(rows).toEqual([{ length: 0 }]);
});

test('what is not of its type is refused before it is sent', () => {
  expect(() => int8Array([2n ** 63n])).toThrow(OutOfRange);
  expect(() => int8Array([-(2n ** 63n) - 1n])).toThrow(OutOfRange);
  expect(() => uuidArray(['not a UUID'])).toThrow(RangeError);
});
