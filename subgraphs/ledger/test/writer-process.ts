import { newUuid } from '@localplus/identifiers';
import { createPool } from '@localplus/postgres';
import type { OperationRequest } from '../src/domain/operation.ts';
import { createHolderDirectory } from '../src/store/holder-directory.ts';
import { PostingWriter, writerSlots } from '../src/store/posting-writer.ts';
import { loadTemplates } from '../src/store/template-rows.ts';
import { burning } from './requests.ts';

/** What a process of a test is to spend: so many points of a holder under each key. */
export interface Spending {
  connectionString: string;
  spends: { holderId: string; key: string; points: number }[];
}

/** How many of its commands came to what. */
export type Outcomes = Record<string, number>;

/** A ledger process without doors: it says that it is ready, and posts all at once when it is told to. */
async function postAll({ connectionString, spends }: Spending): Promise<Outcomes> {
  const pool = createPool({ connectionString, name: 'ledger test', max: 2 });
  const writerPool = createPool({ connectionString, name: 'ledger process', max: writerSlots, isPipelined: true });
  const batch = { pool: writerPool, templates: await loadTemplates(pool), newId: newUuid };
  const writer = new PostingWriter({ batch, wakeOutbox: () => undefined, tellWallet: async () => 'CURRENT' });
  const findHolder = createHolderDirectory(pool);
  const requests = await Promise.all(
    spends.map(async ({ holderId, key, points }): Promise<OperationRequest> => {
      const holder = await findHolder(holderId);
      if (holder === undefined) throw new Error(`Holder ${holderId} is not there.`);
      const facts = {
        programVersion: 1,
        country: 'FR',
        storeId: undefined,
        reference: undefined,
        occurredAt: undefined,
      };
      const whose = { scope: 'processes', key, command: 'test', inputHash: Buffer.alloc(32, points) };
      const actor = { kind: 'staff' as const, id: 'test' };
      return { transactionId: newUuid(), holder, ...whose, ...facts, actor, ...burning(holder, BigInt(points)) };
    }),
  );
  process.send?.('ready');
  await new Promise((resolve) => process.once('message', resolve));
  const outcomes: Outcomes = {};
  for (const { status } of await Promise.all(requests.map((request) => writer.post(request)))) {
    outcomes[status] = (outcomes[status] ?? 0) + 1;
  }
  await writer.stop();
  await Promise.all([pool.end(), writerPool.end()]);
  return outcomes;
}

process.once('message', async (spending: Spending) => {
  process.send?.(await postAll(spending), () => process.disconnect());
});
