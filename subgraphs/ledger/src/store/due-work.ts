import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@localplus/logging';
import type { OperationRequest } from '../domain/operation.ts';
import type { Sql } from './connection.ts';
import type { FindHolder } from './holder-directory.ts';
import type { PostingWriter } from './posting-writer.ts';

/** A screen that shows points as active a second after they are is fine; nobody spends too early or too late by it. */
const pollMs = 1_000;
/** A few batches of the writer: money that is being posted is not made to wait behind what fell due at midnight. */
const holdersMax = 128;

const dueStatement = {
  name: 'due-holders',
  text: 'SELECT id FROM holder WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1',
};

interface DueWorkSettings {
  sql: Sql;
  findHolder: FindHolder;
  writer: Pick<PostingWriter, 'post'>;
  newId: () => string;
  logger: Logger;
}

/** A running search for what is due. */
export interface DueWork {
  /** Takes up nothing new; resolves when what was taken up is done. */
  stop(): Promise<void>;
}

/**
 * Has everything done that falls due: points become active, lots expire, holds end. Every posting does what is due for its
 * holder first, so this only sees to those whom nothing else moves; several processes may look at once, because what is
 * due is decided under the holder's lock and found done by the second.
 */
export function startDueWork(settings: DueWorkSettings): DueWork {
  const stopping = new AbortController();
  const running = run(settings, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function run(settings: DueWorkSettings, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const count = await settleDue(settings).catch((error: unknown) => {
      settings.logger.warn({ err: error }, 'what is due could not be done and is tried again');
      return 0;
    });
    if (count === holdersMax) continue;
    await pause(pollMs, undefined, { signal, ref: false }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** Does what is due for some holders, longest due first. Answers for how many. */
export async function settleDue({ sql, findHolder, writer, newId }: Omit<DueWorkSettings, 'logger'>): Promise<number> {
  const { rows } = await sql.query<{ id: string }>({ ...dueStatement, values: [holdersMax] });
  await Promise.all(
    rows.map(async ({ id }) => {
      const holder = await findHolder(id);
      if (holder === undefined) throw new Error(`Holder ${id} is due and not there.`);
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
    }),
  );
  return rows.length;
}
