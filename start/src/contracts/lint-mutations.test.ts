import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { lintLists, lintMutations } from './lint-mutations.ts';

const api = (mutations: string) =>
  buildSchema(`
    type Query { page(first: Int = 5, after: String): OneConnection }
    type OneConnection { edges: [Int!]! }
    type Mutation { earn(input: EarnInput!): EarnResult! ${mutations} }
    input EarnInput { "The key." idempotencyKey: String! }
    interface Refusal { code: String! }
    type Refused implements Refusal { code: String! }
    union EarnResult = Refused | EarnSuccess
    type EarnSuccess { isReplay: Boolean! }
    input BurnInput { "A key." idempotencyKey: String! }
    union BurnResult = EarnSuccess | BurnSuccess
    type BurnSuccess { points: Int! }
    input BareInput { points: Int! }
  `);

test('a mutation of the one form passes', () => {
  expect(lintMutations(api(''))).toEqual([]);
});

test('a mutation takes one input of its name, with an idempotency key in the words of the others', () => {
  expect(lintMutations(api('burn(input: BurnInput!): EarnResult!'))).toContain(
    'Mutation.burn describes its idempotencyKey in words of its own',
  );
  expect(lintMutations(api('burn(points: Int!): EarnResult!'))).toContain(
    'Mutation.burn takes something else than (input: BurnInput!)',
  );
  expect(lintMutations(api('bare(input: BareInput!): EarnResult!'))).toContain(
    'Mutation.bare demands no idempotencyKey: String!',
  );
});

test('a mutation that takes many commands demands a key of each', () => {
  const many = (command: string) =>
    lintMutations(
      api(`many(input: ManyInput!): ManyResult! }
        type ManySuccess { isReplay: Boolean! }
        union ManyResult = Refused | ManySuccess
        input ManyInput { commands: [Item!]! }
        input Item { earn: EarnInput, other: ${command} }
        type Other { a: Int`),
    );
  expect(many('EarnInput')).toEqual([]);
  expect(many('BareInput')).toEqual(['Mutation.many has a command other that demands no idempotencyKey: String!']);
  expect(many('BurnInput')).toEqual([
    'Mutation.many has a command other that describes its idempotencyKey in words of its own',
  ]);
});

test('a mutation answers a union of its success, which tells a replay, and of refusals', () => {
  expect(lintMutations(api('burn(input: BurnInput!): Int!'))).toContain(
    'Mutation.burn answers something else than a union BurnResult!',
  );
  expect(lintMutations(api('burn(input: BurnInput!): BurnResult!'))).toEqual([
    'Mutation.burn describes its idempotencyKey in words of its own',
    'Mutation.burn has no BurnSuccess with isReplay: Boolean!',
    'Mutation.burn answers EarnSuccess, which is no Refusal',
  ]);
});

test('a list is read by first, with a default, and after', () => {
  expect(lintLists(api(''))).toEqual([]);
  for (const args of ['(after: String, first: Int = 5)', '(first: Int, after: String)', '(first: Int = 5)', '']) {
    const schema = buildSchema(`type Query { list${args}: OneConnection } type OneConnection { edges: [Int!]! }`);
    expect(lintLists(schema)).toEqual(['Query.list does not take (first: Int = …, after: String)']);
  }
});
