import { LRUCache } from 'lru-cache';
import type { Holder } from '../domain/holder.ts';
import type { Sql } from './connection.ts';
import { loadHolder } from './holder-rows.ts';

/** About 600 bytes each: 30 MB for more holders than tills serve in an hour. */
const holdersMax = 50_000;

/** Finds holders by their UUID. Nothing of a holder but its version ever changes, so they are remembered without an end. */
export type FindHolder = (holderId: string) => Promise<Holder | undefined>;

/** Makes a directory of the holders in the database. One that does not exist is looked for again each time. */
export function createHolderDirectory(sql: Sql): FindHolder {
  const holders = new LRUCache<string, Holder>({
    max: holdersMax,
    fetchMethod: (holderId) => loadHolder(sql, holderId),
  });
  return (holderId) => holders.fetch(holderId);
}
