import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type SchemaDefinitionNode,
  visit,
} from 'graphql';

/** Scopes that a type or field asks for: one of the lists must be held in full. */
export type ScopeRules = ReadonlyMap<string, readonly (readonly string[])[]>;

/** A supergraph in the form that @apollo/gateway loads, and the rules that it would have refused to load. */
export interface SplitSupergraph {
  readonly sdl: string;
  /** By coordinate: `Type` or `Type.field`. */
  readonly scopeRules: ScopeRules;
}

/** `@authenticated` needs no rule: nothing but introspection is executed for somebody unknown. */
const understood = new Set(['authenticated', 'requiresScopes']);
const specificationPattern = /^https:\/\/specs\.apollo\.dev\/([A-Za-z]+)\/v\d+\.\d+$/;

function argumentOf(directive: ConstDirectiveNode, name: string): ConstValueNode | undefined {
  return directive.arguments?.find((argument) => argument.name.value === name)?.value;
}

/** Whether a link brings a security directive that is enforced here. Any other security link is refused: nobody would enforce it. */
function isUnderstoodSecurity(link: ConstDirectiveNode): boolean {
  const purpose = argumentOf(link, 'for');
  if (purpose?.kind !== Kind.ENUM || purpose.value !== 'SECURITY') return false;
  const url = argumentOf(link, 'url');
  const name = url?.kind === Kind.STRING ? specificationPattern.exec(url.value)?.[1] : undefined;
  const isRenamed = argumentOf(link, 'as') !== undefined || argumentOf(link, 'import') !== undefined;
  if (name !== undefined && understood.has(name) && !isRenamed) return true;
  throw new Error(`The supergraph has a security link that the gateway does not enforce: ${print(link)}`);
}

function withoutSecurityLinks(schema: SchemaDefinitionNode): SchemaDefinitionNode {
  return {
    ...schema,
    directives: schema.directives?.filter(
      (directive) => directive.name.value !== 'link' || !isUnderstoodSecurity(directive),
    ),
  };
}

function textsOf(value: ConstValueNode | undefined): string[] {
  return value?.kind === Kind.LIST ? value.values.flatMap((item) => (item.kind === Kind.STRING ? item.value : [])) : [];
}

function scopesOf(directives: readonly ConstDirectiveNode[] = []): string[][] | undefined {
  const directive = directives.find(({ name }) => name.value === 'requiresScopes');
  if (!directive) return undefined;
  const scopes = argumentOf(directive, 'scopes');
  return scopes?.kind === Kind.LIST ? scopes.values.map(textsOf) : [];
}

function hasFields(definition: DefinitionNode): definition is ObjectTypeDefinitionNode {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function collectRules(definition: DefinitionNode, rules: Map<string, string[][]>): void {
  if (!('name' in definition) || !definition.name || !('directives' in definition)) return;
  const type = definition.name.value;
  const ofType = scopesOf(definition.directives as readonly ConstDirectiveNode[]);
  if (ofType) rules.set(type, ofType);
  if (!hasFields(definition)) return;
  for (const field of definition.fields ?? []) {
    const ofField = scopesOf(field.directives);
    if (ofField) rules.set(`${type}.${field.name.value}`, ofField);
  }
}

/**
 * Takes `@authenticated` and `@requiresScopes` out of a supergraph, which @apollo/gateway refuses to load with them.
 * @throws when the text is no GraphQL, or has a security link that is not understood
 */
export function splitSecurityDirectives(supergraph: string): SplitSupergraph {
  const document = parse(supergraph, { noLocation: true });
  const scopeRules = new Map<string, string[][]>();
  for (const definition of document.definitions) collectRules(definition, scopeRules);
  const loadable = visit(document, {
    SchemaDefinition: withoutSecurityLinks,
    DirectiveDefinition: ({ name }) => (understood.has(name.value) ? null : undefined),
    ScalarTypeDefinition: ({ name }) => (name.value === 'requiresScopes__Scope' ? null : undefined),
    Directive: ({ name }) => (understood.has(name.value) ? null : undefined),
  });
  return { sdl: print(loadable), scopeRules };
}
