import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  type TypeNode,
  type UnionTypeDefinitionNode,
} from 'graphql';
import { entityOwners } from './entity-owners.ts';
import type { SubgraphSdl } from './subgraph-sdl.ts';

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

const federationFields = ['_service', '_entities'];

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function directive(node: { directives?: readonly ConstDirectiveNode[] }, name: string) {
  return node.directives?.find((it) => it.name.value === name);
}

function fieldSet(node: ConstDirectiveNode | undefined): string {
  const value = node?.arguments?.find((it) => it.name.value === 'fields')?.value;
  return value?.kind === Kind.STRING ? value.value : '';
}

/** What one field of one subgraph must not be, given where it stands and where it leads. */
function lintField(
  owner: ObjectNode,
  field: FieldDefinitionNode,
  leadsAway: (type: string) => boolean,
  rootQuery: boolean,
): string[] {
  const place = `${owner.name.value}.${field.name.value}`;
  const problems: string[] = [];
  const isKey = fieldSet(directive(owner, 'key')).split(/\s+/).includes(field.name.value);
  const isRequired = field.type.kind === Kind.NON_NULL_TYPE;
  if (isRequired && leadsAway(namedType(field.type))) {
    problems.push(`${place} leads into another subgraph and is non-null: a dead neighbour would cost the whole answer`);
  }
  if (isRequired && leadsAway(owner.name.value) && !isKey && !directive(field, 'external')) {
    problems.push(
      `${place} is added to another subgraph's entity and is non-null: this subgraph's death would cost it`,
    );
  }
  if (isRequired && rootQuery) {
    problems.push(`${place} is a root field of the query and is non-null: a dead subgraph would cost the whole answer`);
  }
  if (fieldSet(directive(field, 'requires')).includes('(')) {
    problems.push(`${place} has @requires with an argument: the gateway can mix up its values`);
  }
  return problems;
}

/**
 * Finds what composition allows and this house does not: non-null fields into another subgraph, non-null root fields of
 * the query, `@requires` with arguments, entities with another key than `id` or without an owner.
 */
export function lintSubgraph({ name, sdl }: SubgraphSdl): string[] {
  const { definitions } = parse(sdl);
  const objects = definitions.filter(
    (it): it is ObjectNode => it.kind === Kind.OBJECT_TYPE_DEFINITION || it.kind === Kind.OBJECT_TYPE_EXTENSION,
  );
  const unions = definitions.filter((it): it is UnionTypeDefinitionNode => it.kind === Kind.UNION_TYPE_DEFINITION);
  const entities = objects.filter((it) => directive(it, 'key'));
  const foreign = new Set(entities.map((it) => it.name.value).filter((it) => entityOwners[it] !== name));
  const foreignUnions = new Set(
    unions.filter((it) => it.types?.some((member) => foreign.has(member.name.value))).map((it) => it.name.value),
  );
  const leadsAway = (type: string) => foreign.has(type) || foreignUnions.has(type);

  const problems = entities.flatMap((entity) => {
    const found: string[] = [];
    if (!entityOwners[entity.name.value]) found.push(`${entity.name.value} has no owner in entity-owners.ts`);
    const keys = entity.directives?.filter((it) => it.name.value === 'key') ?? [];
    if (keys.some((key) => fieldSet(key) !== 'id')) found.push(`${entity.name.value} has another key than "id"`);
    return found;
  });
  for (const object of objects) {
    for (const field of object.fields ?? []) {
      if (federationFields.includes(field.name.value)) continue;
      problems.push(...lintField(object, field, leadsAway, object.name.value === 'Query'));
    }
  }
  return problems.map((problem) => `${name}: ${problem}`);
}
