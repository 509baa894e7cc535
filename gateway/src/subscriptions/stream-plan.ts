import type { PlanNode, SubscriptionNode } from '@apollo/query-planner';
import {
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  OperationTypeNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { requestFailure } from '../errors/request-failure.ts';
import { gatewayPrefix } from '../limits/reserved-names.ts';
import type { VersionedField } from './versioned-field.ts';

/** In the plan of an event, the name of the service that answers with the event itself. */
export const eventService = `${gatewayPrefix}Event`;
/** The gateway's own names for what it reads of each payload, whatever the client selected. */
export const versionName = `${gatewayPrefix}Version`;
export const cursorName = `${gatewayPrefix}Cursor`;
const afterVariable = `${gatewayPrefix}After`;
const firstVariable = `${gatewayPrefix}First`;

/** A subgraph's operation and the client's variables that it uses. */
export interface SubgraphOperation {
  readonly text: string;
  readonly variables: readonly string[];
}

/** How a subscription is served: what is streamed from where, and how an event becomes the client's answer. */
export interface StreamPlan {
  readonly field: VersionedField;
  /** The subgraph that declares the field. */
  readonly subgraph: string;
  /** The name under which the client wants the payload. */
  readonly responseName: string;
  /** The stream itself; equal for all clients that may share one. */
  readonly stream: SubgraphOperation;
  /** What was missed after a cursor, with the same payload. */
  readonly missed: SubgraphOperation;
  /** The variables in which a query for missed payloads wants its cursor and its size. */
  readonly missedVariables: (after: unknown) => Record<string, unknown>;
  /** The cursor that the client gave: a variable or a value. */
  readonly after: ValueNode | undefined;
  /** The names under which the client wants to know how many payloads were left out. */
  readonly skippedNames: readonly string[];
  /** Resolves one event: first the event itself, then the fields of other subgraphs. */
  readonly eventPlan: PlanNode;
}

function variablesIn(definitions: readonly DefinitionNode[]): Set<string> {
  const names = new Set<string>();
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions };
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      names.add(name.value);
    },
  });
  return names;
}

function ownField(alias: string, name: string): FieldNode {
  return { kind: Kind.FIELD, alias: { kind: Kind.NAME, value: alias }, name: { kind: Kind.NAME, value: name } };
}

function variableDefinition(name: string, type: string): VariableDefinitionNode {
  return {
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } },
    type: { kind: Kind.NON_NULL_TYPE, type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } } },
  };
}

/** The response names of a field, looked for through fragments. */
function namesOf(
  fieldName: string,
  selections: readonly SelectionNode[],
  fragments: readonly DefinitionNode[],
): string[] {
  return selections.flatMap((selection): string[] => {
    if (selection.kind === Kind.FIELD) {
      return selection.name.value === fieldName ? [(selection.alias ?? selection.name).value] : [];
    }
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return namesOf(fieldName, selection.selectionSet.selections, fragments);
    const fragment = fragments.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION
      ? namesOf(fieldName, fragment.selectionSet.selections, fragments)
      : [];
  });
}

/** The parts of the planner's primary operation. */
function readPrimary({ primary }: SubscriptionNode) {
  const { definitions } = parse(primary.operation, { noLocation: true });
  const operation = definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const root = operation?.selectionSet.selections[0];
  if (!operation || root?.kind !== Kind.FIELD || !root.selectionSet) throw new Error('A subscription has no payload.');
  const isConditional = operation.selectionSet.selections.length !== 1 || (root.directives ?? []).length > 0;
  if (isConditional) {
    throw requestFailure('GRAPHQL_VALIDATION_FAILED', {
      message: 'The field of a subscription cannot be conditional.',
    });
  }
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return { declared: operation.variableDefinitions ?? [], root, selectionSet: root.selectionSet, fragments };
}

function subgraphOperation(
  kind: OperationTypeNode,
  root: FieldNode,
  declared: readonly VariableDefinitionNode[],
  fragments: readonly DefinitionNode[],
): SubgraphOperation {
  const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [root] };
  const operation = { kind: Kind.OPERATION_DEFINITION, operation: kind, selectionSet } as const;
  const used = variablesIn([operation, ...fragments]);
  const variableDefinitions = declared.filter(({ variable }) => used.has(variable.name.value));
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, variableDefinitions }, ...fragments],
  };
  return { text: print(document), variables: variableDefinitions.map(({ variable }) => variable.name.value) };
}

/**
 * Makes the plan of a subscription from the planner's node. The stream is asked for without the cursor and with the
 * gateway's own version and cursor fields, so that one stream serves clients that resume and clients that begin.
 * @throws RequestFailure GRAPHQL_VALIDATION_FAILED for a conditional root field
 */
export function planStream(node: SubscriptionNode, fields: readonly VersionedField[]): StreamPlan {
  const { declared, root, selectionSet: selected, fragments } = readPrimary(node);
  const field = fields.find(({ name }) => name === root.name.value);
  if (!field) throw new Error(`Nothing is known of the subscription field ${root.name.value}.`);
  const isAfter = ({ name }: { name: { value: string } }) => name.value === field.afterArgument;
  const given = (root.arguments ?? []).filter((argument) => !isAfter(argument));
  const own = [ownField(versionName, field.versionField), ownField(cursorName, field.cursorField)];
  const selectionSet: SelectionSetNode = { ...selected, selections: [...own, ...selected.selections] };

  const stream: FieldNode = { kind: Kind.FIELD, name: root.name, arguments: given, selectionSet };
  const missed = field.missedQuery({ arguments: given, selectionSet, afterVariable, firstVariable });
  const missedDeclared = [
    ...declared,
    variableDefinition(afterVariable, 'String'),
    variableDefinition(firstVariable, 'Int'),
  ];
  const event: PlanNode = { ...node.primary, serviceName: eventService, variableUsages: [] };
  return {
    field,
    subgraph: node.primary.serviceName,
    responseName: (root.alias ?? root.name).value,
    stream: subgraphOperation(OperationTypeNode.SUBSCRIPTION, stream, declared, fragments),
    missed: subgraphOperation(OperationTypeNode.QUERY, missed, missedDeclared, fragments),
    missedVariables: (after) => ({ [afterVariable]: after, [firstVariable]: field.missedMax }),
    after: root.arguments?.find(isAfter)?.value,
    skippedNames: namesOf(field.skippedField, selected.selections, fragments),
    eventPlan: { kind: 'Sequence', nodes: node.rest ? [event, node.rest] : [event] },
  };
}
