import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { catalogue, isFailureCode } from './catalogue.ts';

test('every code is described, and nothing else is', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const section = readme.slice(readme.indexOf('## Codes'), readme.indexOf('## Limits'));
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const described = rows.flatMap((row) => row.split('|')[1]?.match(/[A-Z_]{6,}/g) ?? []);
  expect(described.toSorted()).toEqual(Object.keys(catalogue).toSorted());
});

test.each(['toString', '__proto__', 'SOMETHING', 5, undefined])('%j is no code', (code) => {
  expect(isFailureCode(code)).toBe(false);
});
