import { type ASTNode, type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/** Names that the gateway gives its own fields and variables begin with this. */
export const gatewayPrefix = '_gateway';

/**
 * Refuses names that the platform cannot keep apart from its own: `__proto__` would change the prototype of a result, and
 * `_gateway…` are the fields and variables that the gateway adds to subscriptions.
 */
export function noReservedNames(context: ValidationContext): ASTVisitor {
  const check = (node: ASTNode, name: string | undefined) => {
    if (name?.startsWith('__') || name?.startsWith(gatewayPrefix)) {
      context.reportError(new GraphQLError(`The name "${name}" is reserved.`, { nodes: node }));
    }
  };
  return {
    Field: (node) => check(node, node.alias?.value),
    VariableDefinition: (node) => check(node, node.variable.name.value),
  };
}
