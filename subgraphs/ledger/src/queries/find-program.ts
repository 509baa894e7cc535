import { LRUCache } from 'lru-cache';
import type { ReadProgramNews } from '../domain/news.ts';
import type { Program } from '../domain/program.ts';
import type { Sql } from '../store/connection.ts';
import { loadProgram, saveMerchant, saveProgram } from '../store/projection-rows.ts';

/**
 * A new version of the terms starts at least 60 s after its publication, so what is remembered for five seconds is never
 * the wrong one. A store that was opened just now is known after as long.
 */
const rememberedMs = 5_000;
/** About 1 kB each. */
const rememberedMax = 5_000;

/** Finds a program by its UUID; undefined where there is none. */
export type FindProgram = (programId: string) => Promise<Program | undefined>;

interface ProgramSources {
  pool: Sql;
  /** Asked when nothing was heard of a program yet. */
  readNews: ReadProgramNews;
}

/** Finds programs in what the ledger heard of them, and asks the merchant subgraph for one that it never heard of. */
export function createProgramFinder({ pool, readNews }: ProgramSources): FindProgram {
  const remembered = new LRUCache<string, Program, void>({
    max: rememberedMax,
    ttl: rememberedMs,
    // Commands that arrive together share one look-up.
    fetchMethod: async (programId) => (await loadProgram(pool, programId)) ?? fill(programId),
  });

  const fill = async (programId: string) => {
    const news = await readNews(programId);
    if (news === undefined) return undefined;
    await saveMerchant(pool, news.merchant);
    await saveProgram(pool, news.program);
    return loadProgram(pool, programId);
  };
  return (programId) => remembered.fetch(programId);
}
