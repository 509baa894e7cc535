import { requestFailure } from './request-failure.ts';

/** How many nodes of a list are read: when nobody says, and at most. */
export interface PageSizes {
  unset: number;
  max: number;
}

/** What the argument `first` of a list is, for clients. */
export function firstDescription({ max }: PageSizes): string {
  return `At most this many, 1 to ${max}.`;
}

/**
 * Reads the argument `first` of a list.
 * @throws a request failure with BAD_USER_INPUT out of its bounds
 */
export function pageSize(first: number | null | undefined, { unset, max }: PageSizes): number {
  const size = first ?? unset;
  if (size >= 1 && size <= max) return size;
  throw requestFailure('BAD_USER_INPUT', `first must be from 1 to ${max}.`);
}

/**
 * Reads the argument `after` of a list; undefined where the list begins with its first node.
 * @param read reads the key of a node out of its cursor; undefined where it is none
 * @throws a request failure with BAD_USER_INPUT for a malformed cursor
 */
export function readCursor<Key>(
  cursor: string | null | undefined,
  read: (cursor: string) => Key | undefined,
): Key | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  const key = read(cursor);
  if (key === undefined) throw requestFailure('BAD_USER_INPUT', 'The cursor is malformed.');
  return key;
}

/** A page of a list. */
export interface Page<Node> {
  nodes: Node[];
  hasNextPage: boolean;
}

/**
 * Makes a page of what was read.
 * @param read the nodes wanted, and one more when more follow
 */
export function pageOf<Node>(read: readonly Node[], size: number): Page<Node> {
  return { nodes: read.slice(0, size), hasNextPage: read.length > size };
}
