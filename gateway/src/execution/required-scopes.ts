import type { Caller } from '@localplus/identity';
import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { ScopeRules } from '../supergraph/security-directives.ts';

/** Of each entry, one list must be held in full. */
export type RequiredScopes = readonly (readonly (readonly string[])[])[];

/** Collects the `@requiresScopes` of everything that an operation of a valid document touches, fragments included. */
export function requiredScopes(schema: GraphQLSchema, rules: ScopeRules, document: DocumentNode): RequiredScopes {
  if (rules.size === 0) return [];
  const typeInfo = new TypeInfo(schema);
  const found = new Set<readonly (readonly string[])[]>();
  const add = (coordinate: string) => {
    const rule = rules.get(coordinate);
    if (rule) found.add(rule);
  };
  const visitor = visitWithTypeInfo(typeInfo, {
    Field: ({ name }) => {
      const parent = typeInfo.getParentType();
      if (!parent) return;
      // A field of an interface is served by the types behind it, whose rules hold too.
      const owners = isAbstractType(parent) ? [parent, ...schema.getPossibleTypes(parent)] : [parent];
      for (const owner of owners) add(`${owner.name}.${name.value}`);
      const type = getNamedType(typeInfo.getType());
      if (type) add(type.name);
    },
  });
  visit(document, visitor);
  return [...found];
}

/** Whether the caller holds what an operation asks for. Only partners have scopes. */
export function holdsScopes(caller: Caller, required: RequiredScopes): boolean {
  const held: readonly string[] = caller.kind === 'partner' ? caller.scopes : [];
  return required.every((alternatives) => alternatives.some((scopes) => scopes.every((scope) => held.includes(scope))));
}
