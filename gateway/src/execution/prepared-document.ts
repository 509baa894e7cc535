import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { requestFailure } from '../errors/request-failure.ts';
import type { RequiredScopes } from './required-scopes.ts';

/** A document that is parsed, within the limits and valid: ready to be executed as often as it comes. */
export interface PreparedDocument {
  readonly document: DocumentNode;
  /** Equal for equal texts. */
  readonly hash: string;
  readonly operations: readonly PreparedOperation[];
}

/** One operation of a document. */
export interface PreparedOperation {
  readonly name: string | undefined;
  readonly definition: OperationDefinitionNode;
  /** Asks for nothing but the schema: needs no subgraph and no caller. */
  readonly isIntrospection: boolean;
  readonly requiredScopes: RequiredScopes;
}

/**
 * Finds the operation that a request means.
 * @throws RequestFailure OPERATION_RESOLUTION_FAILURE
 */
export function chooseOperation({ operations }: PreparedDocument, name: string | null | undefined): PreparedOperation {
  const chosen = name ? operations.find((operation) => operation.name === name) : operations[0];
  if (chosen && (name || operations.length === 1)) return chosen;
  throw requestFailure('OPERATION_RESOLUTION_FAILURE');
}

function asksOnlyForSchema(document: DocumentNode, { selections }: SelectionSetNode): boolean {
  return selections.every((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value.startsWith('__');
    if (selection.kind === Kind.INLINE_FRAGMENT) return asksOnlyForSchema(document, selection.selectionSet);
    const fragment = document.definitions.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION && asksOnlyForSchema(document, fragment.selectionSet);
  });
}

/** Whether an operation of a valid document asks for nothing but `__schema`, `__type` and `__typename`. */
export function isIntrospection(document: DocumentNode, { operation, selectionSet }: OperationDefinitionNode): boolean {
  return operation === OperationTypeNode.QUERY && asksOnlyForSchema(document, selectionSet);
}
