import type { ArgumentNode, FieldNode, SelectionSetNode } from 'graphql';

/**
 * A subscription field whose payloads bear a version that grows by one, and a cursor to resume from. The runtime knows
 * nothing else of a field: everything particular stands behind this interface.
 */
export interface VersionedField {
  /** Name of the field of `Subscription`. */
  readonly name: string;
  /** The argument that holds the cursor of the last payload a client has seen. */
  readonly afterArgument: string;
  /** The fields of the payload that the runtime reads or sets. */
  readonly versionField: string;
  readonly cursorField: string;
  readonly skippedField: string;
  /** At most this many missed payloads are sent one by one. */
  readonly missedMax: number;
  /** The root field by which the same subgraph tells what was missed, with the payload's own selection. */
  missedQuery(missed: MissedQuery): FieldNode;
  /** Where its answer has the missed payloads, in the order of their versions. */
  readonly missedPath: readonly string[];
  /** Where its answer has the newest version there is. */
  readonly currentVersionPath: readonly string[];
}

/** What a query for missed payloads is made of. */
export interface MissedQuery {
  /** The subscription's own arguments, without the cursor. */
  readonly arguments: readonly ArgumentNode[];
  readonly selectionSet: SelectionSetNode;
  /** Names of the variables, of types `String` and `Int`, that will hold the cursor and the number of payloads. */
  readonly afterVariable: string;
  readonly firstVariable: string;
}
