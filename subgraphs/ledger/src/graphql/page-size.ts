import { requestFailure } from '@localplus/subgraph-server';

/** Reads the argument `first` of a list, and refuses what is out of its bounds. */
export function pageSize(first: number | null | undefined, { unset, max }: { unset: number; max: number }): number {
  const size = first ?? unset;
  if (size >= 1 && size <= max) return size;
  throw requestFailure('BAD_USER_INPUT', `first must be from 1 to ${max}.`);
}
