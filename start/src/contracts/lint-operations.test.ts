import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { lintOperations } from './lint-operations.ts';

const api = buildSchema('type Query { hello: String }');

test('an operation that the API would refuse is found before a client sends it', () => {
  const files = ['query Good { hello }', 'query Old { goodbye }', 'query Broken {'].map((text) => ({
    path: 'a.graphql',
    text,
  }));
  expect(lintOperations(api, files)).toEqual([
    'a.graphql: Cannot query field "goodbye" on type "Query".',
    'a.graphql: Syntax Error: Expected Name, found <EOF>.',
  ]);
});
