import { expect, test } from 'vitest';
import { requestFailureCodes, rootTypes } from './index.ts';

test('who sends a mutation is told every code that a subgraph fails with', () => {
  const told = [...rootTypes.mutation.description.matchAll(/^- ([A-Z_]+): /gm)].map(([, code]) => code);
  expect(told).toEqual(requestFailureCodes);
});
