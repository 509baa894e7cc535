import type { Caller } from '@localplus/identity';
import type { Logger } from '@localplus/logging';
import type { CallerContext } from '@localplus/subgraph-server';
import DataLoader from 'dataloader';
import type { PostingCommands } from '../commands/posting-commands.ts';
import type { Explanation } from '../domain/explanation.ts';
import type { TemplateBook } from '../domain/posting-template.ts';
import { type HistoryEntry, type HistoryRequest, listTransactions } from '../queries/list-transactions.ts';
import { type ChangeFigures, type ChangeKey, readBalanceChanges } from '../queries/read-balance-changes.ts';
import type { Sql } from '../store/connection.ts';
import { explainBalances } from '../store/explanation-rows.ts';
import type { Holder, PrismaClient } from '../store/prisma.ts';

/** What the doors of the schema work with. */
export interface LedgerServices {
  prisma: PrismaClient;
  pool: Sql;
  commands: PostingCommands;
  templates: TemplateBook;
  logger: Logger;
}

/** The loaders of one operation. */
export interface Loaders {
  /** Reads a holder by its UUID; undefined where there is none. */
  holder: (holderId: string) => Promise<Holder | undefined>;
  /** Reads a page of a holder's history, newest first. Pages asked for in one tick are one statement. */
  history: (request: HistoryRequest) => Promise<HistoryEntry[]>;
  /** Explains all balances of a holder. Holders asked for in one tick are one statement. */
  explanations: (holderId: string) => Promise<Explanation[]>;
  /** Reads what a change of a holder brought. Changes asked for in one tick are one statement. */
  change: (key: ChangeKey) => Promise<ChangeFigures | undefined>;
}

/** The context of one operation. */
export interface LedgerContext extends CallerContext {
  services: LedgerServices;
  loaders: Loaders;
}

/** Makes the context of an operation of the caller. */
export function createContext(services: LedgerServices, caller: Caller): LedgerContext {
  // A holder changes with every posting, and an operation may post and read: nothing is remembered between ticks.
  const holders = new DataLoader((ids: readonly string[]) => readHolders(services.prisma, ids), { cache: false });
  const histories = new DataLoader((requests: readonly HistoryRequest[]) => listTransactions(services.pool, requests), {
    cache: false,
  });
  const changes = new DataLoader((keys: readonly ChangeKey[]) => readBalanceChanges(services.pool, keys), {
    cacheKeyFn: ({ holderId, version }) => `${holderId} ${version}`,
  });
  const explanations = new DataLoader((ids: readonly string[]) => explainBalances(services.pool, ids), {
    cache: false,
  });
  return {
    caller,
    services,
    loaders: {
      holder: (id) => holders.load(id),
      explanations: (id) => explanations.load(id),
      history: (request) => histories.load(request),
      change: (key) => changes.load(key),
    },
  };
}

async function readHolders(prisma: PrismaClient, ids: readonly string[]): Promise<(Holder | undefined)[]> {
  const holders = await prisma.holder.findMany({ where: { id: { in: [...ids] } } });
  const byId = new Map(holders.map((holder) => [holder.id, holder]));
  return ids.map((id) => byId.get(id));
}
