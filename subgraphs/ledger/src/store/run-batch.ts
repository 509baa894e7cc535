import { Client, type Pool, type PoolClient } from 'pg';
import { noEffects } from '../domain/engine/batch-state.ts';
import { type Decision, decide } from '../domain/engine/decide.ts';
import { LotsMissing } from '../domain/engine/holder-state.ts';
import type { OperationRequest } from '../domain/operation.ts';
import type { TemplateBook } from '../domain/posting-template.ts';
import { lockBatch, type MoreLots, moreThan, readMoreLots, stateOfLocked } from './lock-batch.ts';
import { type Decided, writeStatement } from './write-batch.ts';

/** What batches are run with. */
export interface BatchSettings {
  pool: Pool;
  templates: TemplateBook;
  /** Makes the identifier of something new: a UUID of version 7. */
  newId: () => string;
  /** For tests that carry their own clock; the database's unless given. */
  clock?: (() => Date | undefined) | undefined;
}

/** How a batch ends. */
export interface BatchMode {
  /** Nothing is written unless every request is carried out now: none refused, none known from before. */
  isAtomic?: boolean;
  /** Nothing is written at all. */
  isDryRun?: boolean;
}

/** What a batch came to: one decision for each request, and what it wrote, or would have written. */
export interface BatchResult extends Decided {
  decisions: Decision[];
  isWritten: boolean;
}

/**
 * Locks, decides and writes requests in one READ COMMITTED transaction; each is accepted or refused on its own. It tries
 * once; the requests' keys make another attempt safe.
 * @throws what PostgreSQL says when nothing was written, or a connection's error when that is not known
 */
export async function runBatch(
  settings: BatchSettings,
  requests: readonly OperationRequest[],
  { isAtomic = false, isDryRun = false }: BatchMode = {},
): Promise<BatchResult> {
  const client = await settings.pool.connect();
  let isBroken = true;
  try {
    const result = await decideUnderLock(client, settings, requests);
    const isRefused = isAtomic && result.decisions.some(({ status }) => status !== 'DONE');
    const isWritten = !isDryRun && !isRefused && hasEffects(result);
    if (isWritten) {
      const statement = writeStatement(result);
      const [, { command }] = await sendTogether(client, () => [client.query(statement), client.query('COMMIT')]);
      if (command !== 'COMMIT') throw new Error('The batch was rolled back: a statement in it failed unnoticed.');
    } else await client.query('ROLLBACK');
    isBroken = false;
    return { ...result, isWritten };
  } catch (error) {
    isBroken = !(await rollBack(client));
    throw error;
  } finally {
    client.release(isBroken);
  }
}

async function decideUnderLock(
  client: PoolClient,
  { templates, newId, clock }: BatchSettings,
  requests: readonly OperationRequest[],
): Promise<Omit<BatchResult, 'isWritten'>> {
  const [, row] = await sendTogether(client, () => [
    client.query('BEGIN ISOLATION LEVEL READ COMMITTED'),
    lockBatch(client, requests, clock?.()),
  ]);
  const moreLots: MoreLots[] = [];
  for (;;) {
    const locked = stateOfLocked(row, requests, moreLots);
    const versionsBefore = new Map([...locked.holders].map(([id, { version }]) => [id, version]));
    const effects = noEffects();
    try {
      const decisions = decide({ ...locked, templates, newId, effects }, requests);
      return { decisions, locked, effects, versionsBefore };
    } catch (error) {
      if (!(error instanceof LotsMissing)) throw error;
      const { holder } = error;
      const lotsMax = moreThan(moreLots.findLast((more) => more.holderId === holder.id)?.lotsMax);
      moreLots.push(await readMoreLots(client, holder, lotsMax));
    }
  }
}

/** Sends statements in one write: each of its own would wake the server for itself. */
function sendTogether<Answers extends readonly unknown[]>(
  client: PoolClient,
  send: () => { [Each in keyof Answers]: Promise<Answers[Each]> },
): Promise<Answers> {
  const stream = client instanceof Client ? client.connection.stream : undefined;
  stream?.cork();
  try {
    return Promise.all(send());
  } finally {
    stream?.uncork();
  }
}

function hasEffects({ effects }: Decided): boolean {
  return effects.transactions.length > 0 || effects.keys.length > 0 || effects.settledHolderIds.size > 0;
}

/** Whether the connection is still good. What broke it is in the error that led here, which the caller gets. */
async function rollBack(client: PoolClient): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}
