import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { lintDescriptions } from './lint-descriptions.ts';

test('whatever a client can see is described', () => {
  const schema = buildSchema(`
    "Reads."
    type Query {
      "A greeting."
      hello("Whom." name: String!, loud: Boolean): Mood
    }
    enum Mood { "Well." GOOD BAD }
    input Wish { text: String }
  `);
  expect(lintDescriptions(schema).sort()).toEqual([
    'Mood has no description',
    'Mood.BAD has no description',
    'Query.hello(loud:) has no description',
    'Wish has no description',
    'Wish.text has no description',
  ]);
});
