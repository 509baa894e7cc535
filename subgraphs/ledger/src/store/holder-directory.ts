import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import type { Holder } from '../domain/holder.ts';
import type { Sql } from './connection.ts';
import { loadHolders } from './holder-rows.ts';
import { ProgramDirectory } from './program-books.ts';

/** About 1.1 kB each: 55 MB for more holders than tills serve in an hour. */
export const rememberedHoldersMax = 50_000;

/** Finds holders by their UUID. Nothing of a holder but its version ever changes, so they are remembered without an end. */
export type FindHolder = (holderId: string) => Promise<Holder | undefined>;

/**
 * Makes a directory of the holders in the database. One that does not exist is looked for again each time. Those that are
 * asked for in one tick are one statement: a bulk of commands for a thousand holders looks once.
 */
export function createHolderDirectory(sql: Sql): FindHolder {
  const programs = new ProgramDirectory();
  const loader = new DataLoader((ids: readonly string[]) => loadHolders(sql, programs, ids), { cache: false });
  const holders = new LRUCache<string, Holder>({
    max: rememberedHoldersMax,
    fetchMethod: (holderId) => loader.load(holderId),
  });
  return (holderId) => holders.fetch(holderId);
}
