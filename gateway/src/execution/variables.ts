import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';
import { validationErrorsMax } from '../limits/limits.ts';
import { complaints } from './complaints.ts';

/**
 * Reads a request's variables as the operation declares them. Defaults are filled in, integers are exact.
 * @throws RequestFailures BAD_USER_INPUT
 */
export function readVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): Record<string, unknown> {
  const { errors, coerced } = getVariableValues(schema, variableDefinitions, variables ?? {}, {
    maxErrors: validationErrorsMax,
  });
  if (errors) throw complaints('BAD_USER_INPUT', errors);
  return coerced;
}
