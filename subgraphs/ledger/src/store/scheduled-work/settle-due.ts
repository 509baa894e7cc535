import { Overloaded } from '../../domain/failures.ts';
import type { OperationRequest } from '../../domain/operation.ts';
import type { Sql } from '../connection.ts';
import type { FindHolder } from '../holder-directory.ts';
import type { PostingWriter } from '../posting-writer.ts';

/** One batch of the writer, which has a second slot: a till never waits behind more than that of what fell due at midnight. */
const pageHolders = 32;

/** Holders that have something due, but those whose due work failed: they have a job of their own. */
const dueStatement = {
  name: 'due-holders',
  text: `SELECT h.id FROM holder h
         WHERE h.due_at <= clock_timestamp() AND NOT EXISTS (
           SELECT FROM ledger_jobs.job j
           WHERE j.name = 'settle-holder' AND j.state IN ('created', 'retry', 'active', 'failed') AND j.singleton_key = h.id::text
         )
         ORDER BY h.due_at LIMIT ${pageHolders}`,
};

/** What due work is done with. */
export interface Settling {
  sql: Sql;
  findHolder: FindHolder;
  writer: Pick<PostingWriter, 'post'>;
  newId: () => string;
}

/** What came of a page of holders that had something due. */
export interface SettledPage {
  /** Whether more may be due already. */
  readonly isFull: boolean;
  /** Holders whose due work failed, by no fault of the writer's load, and with what. */
  readonly failures: readonly { readonly holderId: string; readonly reason: unknown }[];
}

/**
 * Does what is due for one holder: points become active, lots expire, holds end. Every posting does that first, so this is
 * for those whom nothing else moves; several processes may do it at once, because what is due is decided under the holder's
 * lock and found done by the second.
 */
export async function settleHolder({ findHolder, writer, newId }: Settling, holderId: string): Promise<void> {
  const holder = await findHolder(holderId);
  if (holder === undefined) throw new Error(`Holder ${holderId} is due and not there.`);
  const request: OperationRequest = {
    transactionId: newId(),
    scope: 'ledger',
    key: undefined,
    command: 'settle',
    inputHash: Buffer.alloc(0),
    holder,
    operation: { type: 'SETTLE' },
    programVersion: 1,
    country: undefined,
    storeId: undefined,
    reference: undefined,
    occurredAt: undefined,
    actor: { kind: 'system', id: 'ledger' },
  };
  await writer.post(request);
}

/**
 * Does what is due for some holders, longest due first. One that fails holds up none of the others.
 * @throws Overloaded when the writer has too much to do already
 */
export async function settleDue(settling: Settling): Promise<SettledPage> {
  const { rows } = await settling.sql.query<{ id: string }>(dueStatement);
  const results = await Promise.allSettled(rows.map(({ id }) => settleHolder(settling, id)));
  const failures = rows.flatMap(({ id: holderId }, index) => {
    const result = results[index];
    if (result?.status !== 'rejected') return [];
    if (result.reason instanceof Overloaded) throw result.reason;
    return [{ holderId, reason: result.reason }];
  });
  return { isFull: rows.length === pageHolders, failures };
}
