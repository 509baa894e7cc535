import { LRUCache } from 'lru-cache';
import { Unavailable } from '../domain/failures.ts';
import type { ReadProgramNews } from '../domain/news.ts';
import type { Program } from '../domain/program.ts';
import type { Sql } from './connection.ts';
import { loadProgram, saveMerchant, saveProgram } from './projection-rows.ts';

/**
 * A new version of the terms starts at least 60 s after its publication, so what is remembered for five seconds is never
 * the wrong one. A store that was opened just now is known after as long.
 */
const rememberedMs = 5_000;
/** About 1 kB each. */
const rememberedMax = 5_000;

/**
 * Finds a program by its UUID; undefined where there is none.
 * @throws Unavailable when the ledger never heard of it and the merchant subgraph does not answer
 */
export type FindProgram = (programId: string) => Promise<Program | undefined>;

interface ProgramSources {
  sql: Sql;
  /** Asked when nothing was heard of a program yet. */
  readNews: ReadProgramNews;
}

/** Finds programs in what the ledger heard of them, and asks the merchant subgraph for one that it never heard of. */
export function createProgramDirectory({ sql, readNews }: ProgramSources): FindProgram {
  const programs = new LRUCache<string, Program>({
    max: rememberedMax,
    ttl: rememberedMs,
    // Commands that arrive together share one look-up.
    fetchMethod: async (programId) => (await loadProgram(sql, programId)) ?? fill(programId),
  });

  async function fill(programId: string): Promise<Program | undefined> {
    const news = await readNews(programId).catch((error: unknown) => {
      throw new Unavailable(error);
    });
    if (news === undefined) return undefined;
    await saveMerchant(sql, news.merchant);
    await saveProgram(sql, news.program);
    return loadProgram(sql, programId);
  }
  return (programId) => programs.fetch(programId);
}
