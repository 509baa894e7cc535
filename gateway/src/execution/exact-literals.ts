import { type DocumentNode, type GraphQLSchema, getNamedType, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql';

/**
 * Writes integers of type BigInt as strings. The planner reads integers of scalars that it does not know as numbers, and
 * would hand 10^30 on as 1e+30.
 */
export function withExactLiterals(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const typeInfo = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(typeInfo, {
    IntValue: ({ value }) =>
      getNamedType(typeInfo.getInputType())?.name === 'BigInt' ? { kind: Kind.STRING, value } : undefined,
  });
  return visit(document, visitor);
}
