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

/** The least inputs of a mutation with a key: one, or one for each command that it may be given among others. */
function inputsWith(idempotencyKey: string, type: GraphQLInputType): unknown[] {
  const named = getNamedType(type);
  const commands = isInputObjectType(named) ? named.getFields().commands : undefined;
  const least = leastOf(type) as object;
  if (commands === undefined) return [{ ...least, idempotencyKey }];
  const item = getNamedType(commands.type);
  const kinds = isInputObjectType(item) ? Object.values(item.getFields()) : [];
  return kinds.map(({ name, type: kind }) => {
    const command = { ...(leastOf(getNamedType(kind)) as object), idempotencyKey };
    return { ...least, commands: [{ [name]: command }] };
  });
}

test.each(subgraphNames)('every mutation of the %s holds idempotency keys to the one form', async (name) => {
  const schema = await loadSubgraphSchema(name);
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  expect(mutations.length).toBeGreaterThan(0);
  for (const { name: mutation, args } of mutations) {
    const type = args[0]?.type ?? expect.fail(`${mutation} takes no input`);
    const source = `mutation ($input: ${getNamedType(type).name}!) { ${mutation}(input: $input) { __typename } }`;
    const complaints = async (input: unknown) => {
      const { errors } = await graphql({ schema, source, contextValue: newContext(), variableValues: { input } });
      return errors?.filter(({ message }) => message.startsWith('idempotencyKey must be')) ?? [];
    };
    for (const key of ['', 'a b', 'camille@example.fr', 'x'.repeat(129)]) {
      for (const input of inputsWith(key, type)) {
        expect(await complaints(input), `${mutation} with ${JSON.stringify(input)}`).toMatchObject([
          { extensions: { code: 'BAD_USER_INPUT' } },
        ]);
      }
    }
    for (const input of inputsWith(`urn:till/7_a.b-${'x'.repeat(113)}`, type)) {
      expect(await complaints(input), mutation).toEqual([]);
    }
  }
});
