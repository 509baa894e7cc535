import DataLoader from 'dataloader';
import type { Sql } from './connection.ts';
import type { FindHolder } from './holder-directory.ts';
import { type FirstResult, findFirstResults, type ScopedKey } from './idempotency-rows.ts';
import { findHoldersOfHolds, findTransactions, type TransactionFound } from './transaction-rows.ts';

/** Finds what commands are about. What is asked for in one tick is one statement, and nothing is remembered. */
export interface JournalDirectory {
  /** By UUID; undefined where there is none. */
  findTransaction: (transactionId: string) => Promise<TransactionFound | undefined>;
  /** The UUID of a hold's holder; undefined where there is no such hold. */
  findHolderOfHold: (holdId: string) => Promise<string | undefined>;
  /** What the first use of a key brought; undefined where the key is free. */
  findFirstResult: (key: ScopedKey) => Promise<FirstResult | undefined>;
}

/** Makes a directory of the journal in the database. */
export function createJournalDirectory(sql: Sql, findHolder: FindHolder): JournalDirectory {
  const unremembered = { cache: false };
  const transactions = new DataLoader((ids: readonly string[]) => findTransactions(sql, ids), unremembered);
  const holds = new DataLoader((ids: readonly string[]) => findHoldersOfHolds(sql, ids), unremembered);
  const results = new DataLoader((keys: readonly ScopedKey[]) => findFirstResults(sql, findHolder, keys), unremembered);
  return {
    findTransaction: (id) => transactions.load(id),
    findHolderOfHold: (id) => holds.load(id),
    findFirstResult: (key) => results.load(key),
  };
}
