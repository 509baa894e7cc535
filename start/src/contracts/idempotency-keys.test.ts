import {
  type GraphQLInputType,
  getNamedType,
  graphql,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { expect, test } from 'vitest';
import { subgraphNames } from '../checkout/paths.ts';
import { loadSubgraphSchema } from './subgraph-sdl.ts';

/** Who may send everything. What lies behind the doors is not there: a malformed key must not get so far. */
const newContext = () => ({
  caller: { kind: 'person', subject: 'operator', memberships: [], isPlatformOperator: true },
  services: {},
});

const leastScalars: Record<string, unknown> = { BigInt: '1', Int: 1, Boolean: true };

/** The least that a type accepts. */
function leastOf(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return leastOf(type.ofType);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return leastScalars[type.name] ?? 'x';
  const required = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
  return Object.fromEntries(required.map((field) => [field.name, leastOf(field.type)]));
}

test.each(subgraphNames)('every mutation of the %s holds idempotency keys to the one form', async (name) => {
  const schema = await loadSubgraphSchema(name);
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  expect(mutations.length).toBeGreaterThan(0);
  for (const { name: mutation, args } of mutations) {
    const type = args[0]?.type ?? expect.fail(`${mutation} takes no input`);
    const source = `mutation ($input: ${getNamedType(type).name}!) { ${mutation}(input: $input) { __typename } }`;
    const complaints = async (idempotencyKey: string) => {
      const input = { ...(leastOf(type) as object), idempotencyKey };
      const { errors } = await graphql({ schema, source, contextValue: newContext(), variableValues: { input } });
      return errors?.filter(({ message }) => message.startsWith('idempotencyKey must be')) ?? [];
    };
    for (const key of ['', 'a b', 'camille@example.fr', 'x'.repeat(129)]) {
      expect(await complaints(key), `${mutation} with ${key}`).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    }
    expect(await complaints(`urn:till/7_a.b-${'x'.repeat(113)}`), mutation).toEqual([]);
  }
});
