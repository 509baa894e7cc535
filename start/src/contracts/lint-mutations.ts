import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';

function lintInput(field: GraphQLField<unknown, unknown>, name: string, keyDescription: string | undefined): string[] {
  const [input, ...others] = field.args;
  if (input?.name !== 'input' || String(input.type) !== `${name}Input!` || others.length > 0) {
    return [`takes something else than (input: ${name}Input!)`];
  }
  const type = getNamedType(input.type);
  const commands = isInputObjectType(type) ? type.getFields().commands : undefined;
  return commands === undefined ? lintKey(type, keyDescription) : lintCommands(commands, keyDescription);
}

function lintKey(type: GraphQLNamedType, keyDescription: string | undefined): string[] {
  const key = isInputObjectType(type) ? type.getFields().idempotencyKey : undefined;
  if (String(key?.type) !== 'String!') return ['demands no idempotencyKey: String!'];
  return key?.description === keyDescription ? [] : ['describes its idempotencyKey in words of its own'];
}

/** Of a mutation that takes many commands, each has a key of its own. */
function lintCommands({ type }: GraphQLInputField, keyDescription: string | undefined): string[] {
  const item = getNamedType(type);
  if (String(type) !== `[${item.name}!]!` || !isInputObjectType(item)) return ['takes no list of commands'];
  return Object.values(item.getFields()).flatMap((command) =>
    lintKey(getNamedType(command.type), keyDescription).map(
      (problem) => `has a command ${command.name} that ${problem}`,
    ),
  );
}

function lintResult(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, name: string): string[] {
  const union = getNamedType(field.type);
  if (String(field.type) !== `${name}Result!` || !isUnionType(union)) {
    return [`answers something else than a union ${name}Result!`];
  }
  const refusal = schema.getType('Refusal');
  const refusals = union.getTypes().filter((type) => type.name !== `${name}Success`);
  const success = union.getTypes().find((type) => !refusals.includes(type));
  return [
    ...(String(success?.getFields().isReplay?.type) === 'Boolean!'
      ? []
      : [`has no ${name}Success with isReplay: Boolean!`]),
    ...refusals
      .filter((type) => !isInterfaceType(refusal) || !type.getInterfaces().includes(refusal))
      .map((type) => `answers ${type.name}, which is no Refusal`),
  ];
}

function keyDescriptionOf(field: GraphQLField<unknown, unknown> | undefined): string | undefined {
  const input = field?.args[0] && getNamedType(field.args[0].type);
  return isInputObjectType(input) ? (input.getFields().idempotencyKey?.description ?? undefined) : undefined;
}

/**
 * Lists the mutations that are not like the others: `earnPoints(input: EarnPointsInput!): EarnPointsResult!`, with an
 * idempotency key of the one form (or `commands`, each with one), a union of `EarnPointsSuccess` and refusals, and `isReplay`
 * in the success.
 */
export function lintMutations(schema: GraphQLSchema): string[] {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const keyDescription = keyDescriptionOf(mutations[0]);
  return mutations.flatMap((field) => {
    const name = `${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}`;
    const problems = [...lintInput(field, name, keyDescription), ...lintResult(schema, field, name)];
    return problems.map((problem) => `Mutation.${field.name} ${problem}`);
  });
}

/** Lists the lists that are read page by page otherwise than the others: by `first`, with a default, and `after`. */
export function lintLists(schema: GraphQLSchema): string[] {
  const objects = Object.values(schema.getTypeMap()).filter(isObjectType);
  return objects.flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => String(getNamedType(field.type)).endsWith('Connection') || field.args.some(isPageSize))
      .filter(({ args }) => args.map(({ name }) => name).join() !== 'first,after' || !args.some(isPageSize))
      .map((field) => `${type.name}.${field.name} does not take (first: Int = …, after: String)`),
  );
}

function isPageSize({ name, defaultValue }: GraphQLField<unknown, unknown>['args'][number]): boolean {
  return name === 'first' && typeof defaultValue === 'number';
}
