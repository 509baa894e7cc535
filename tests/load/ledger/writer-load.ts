import { newUuid } from '@localplus/identifiers';
import {
  createHolderDirectory,
  loadTemplates,
  PostingWriter,
  rememberedHoldersMax,
  writerSlots,
} from '@localplus/ledger/testing/load';
import { createPool } from '@localplus/postgres';
import { runStage, type StageResult } from '../measure.ts';
import { type Holder, makeCommand } from './commands.ts';
import type { BenchDatabase } from './database.ts';

/** Whose accounts commands touch. */
export type Aim = 'uniform' | 'hot merchant' | 'hot wallet';

/** Load on a writer in this process. */
export interface WriterLoad {
  run(load: { aim: Aim; inFlight: number; durationMs: number; commandsPerRequest?: number }): Promise<StageResult>;
  close(): Promise<void>;
}

const loadsAtOnce = 8;

/** Opens the ledger's own writer on a database, as the process of the ledger has it; nobody is told of what it commits. */
export async function openWriterLoad({
  connectionString,
  adminConnectionString,
  size,
}: BenchDatabase): Promise<WriterLoad> {
  const pool = createPool({ connectionString, name: 'bench reads', max: loadsAtOnce });
  const admin = createPool({ connectionString: adminConnectionString, name: 'bench', max: 1 });
  const writerPool = createPool({ connectionString, name: 'ledger writer', max: writerSlots, isPipelined: true });
  const ids = await admin.query<{ id: string }>('SELECT id FROM bench.holder WHERE number < $1 ORDER BY number', [
    Math.min(rememberedHoldersMax, size.holders),
  ]);
  const holders = await loadHolders(
    pool,
    ids.rows.map(({ id }) => id),
  );
  const batch = { pool: writerPool, templates: await loadTemplates(pool), newId: newUuid };
  const writer = new PostingWriter({ batch, wakeOutbox: () => undefined, tellWallet: async () => 'CURRENT' });
  return {
    run: ({ aim, inFlight, durationMs, commandsPerRequest = 1 }) =>
      runStage({
        inFlight,
        durationMs,
        requestsMax: Number.POSITIVE_INFINITY,
        send: async () => {
          const commands = Array.from({ length: commandsPerRequest }, () => makeCommand(choose(holders, aim)));
          const [first] = commands;
          if (first === undefined) throw new Error('A request has no command.');
          const written =
            commands.length === 1 ? [await writer.post(first)] : await writer.postAll(commands, { isAtomic: false });
          for (const { status } of written) if (status !== 'DONE') throw new Error(`A command came to ${status}.`);
        },
      }),
    close: async () => {
      await writer.stop();
      await Promise.all([pool.end(), writerPool.end(), admin.end()]);
    },
  };
}

async function loadHolders(pool: ReturnType<typeof createPool>, ids: readonly string[]): Promise<Holder[]> {
  const findHolder = createHolderDirectory(pool);
  const holders: Holder[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < ids.length; index = next++) {
      const holder = await findHolder(ids[index] ?? '');
      if (holder === undefined) throw new Error('A holder is not there.');
      holders[index] = holder;
    }
  };
  await Promise.all(Array.from({ length: loadsAtOnce }, lane));
  return holders;
}

/** Every tenth holder is of the merchant that the hot accounts belong to. */
function choose(holders: readonly Holder[], aim: Aim): Holder {
  const any = Math.floor(Math.random() * holders.length);
  const index = { uniform: any, 'hot merchant': any - (any % 10) + 9, 'hot wallet': 0 }[aim];
  return holders[Math.min(index, holders.length - 1)] ?? failed();
}

function failed(): never {
  throw new Error('There are no holders.');
}
