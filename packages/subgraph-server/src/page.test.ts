import { expect, test } from 'vitest';
import { firstDescription, pageOf, pageSize, readCursor } from './index.ts';

const sizes = { unset: 20, max: 100 };
const badInput = expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } });

test('a page is as long as was asked, never longer than clients are told', () => {
  expect([undefined, null, 1, 100].map((first) => pageSize(first, sizes))).toEqual([20, 20, 1, 100]);
  for (const first of [0, -1, 101]) expect(() => pageSize(first, sizes)).toThrow(badInput);
  expect(firstDescription(sizes)).toContain('1 to 100');
});

test('a malformed cursor is told from none at all', () => {
  const read = (cursor: string) => (/^\d+$/.test(cursor) ? Number(cursor) : undefined);
  expect([undefined, null, '7'].map((cursor) => readCursor(cursor, read))).toEqual([undefined, undefined, 7]);
  for (const cursor of ['', 'v7']) expect(() => readCursor(cursor, read)).toThrow(badInput);
});

test('one node more than asked for says that more follow, and is not on the page', () => {
  expect(pageOf([1, 2, 3], 2)).toEqual({ nodes: [1, 2], hasNextPage: true });
  expect(pageOf([1, 2], 2)).toEqual({ nodes: [1, 2], hasNextPage: false });
});
