import { type ArgumentNode, type FieldNode, Kind, type SelectionSetNode } from 'graphql';
import type { VersionedField } from './versioned-field.ts';

function field(
  name: string,
  selections?: SelectionSetNode['selections'],
  values: readonly ArgumentNode[] = [],
): FieldNode {
  return {
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: name },
    arguments: values,
    ...(selections ? { selectionSet: { kind: Kind.SELECTION_SET, selections } } : {}),
  };
}

function fromVariable(argument: string, variable: string): ArgumentNode {
  const name = (value: string) => ({ kind: Kind.NAME, value }) as const;
  return { kind: Kind.ARGUMENT, name: name(argument), value: { kind: Kind.VARIABLE, name: name(variable) } };
}

/**
 * `balanceChanged(walletId, after)` of the wallet subgraph. What was missed is
 * `wallet(id: <walletId>) { version changes(after:, first:) { … } }`.
 */
export const balanceChanged: VersionedField = {
  name: 'balanceChanged',
  afterArgument: 'after',
  versionField: 'version',
  cursorField: 'cursor',
  skippedField: 'skipped',
  /** As many as the wallet gives in one page. */
  missedMax: 1_000,

  missedQuery({ arguments: given, selectionSet, afterVariable, firstVariable }) {
    const ids = given.filter(({ name }) => name.value === 'walletId');
    const asId = ids.map((id) => ({ ...id, name: { ...id.name, value: 'id' } }));
    const page = [fromVariable('after', afterVariable), fromVariable('first', firstVariable)];
    return field('wallet', [field('version'), field('changes', selectionSet.selections, page)], asId);
  },
  missedPath: ['wallet', 'changes'],
  currentVersionPath: ['wallet', 'version'],
};
