import { createPrisma, listTransactions } from '@localplus/ledger/testing/load';
import { createPool } from '@localplus/postgres';
import { Durations } from '../measure.ts';
import type { BenchDatabase } from './database.ts';

const reads = 500;
const pageSize = 20;
const newest = 9_223_372_036_854_775_807n;

/** Reads the balances and the first page of the history of the holder with the most of it, as GraphQL's fields do. */
export async function measureReads({ connectionString, adminConnectionString, size }: BenchDatabase) {
  const pool = createPool({ connectionString, name: 'bench reads', max: 1 });
  const admin = createPool({ connectionString: adminConnectionString, name: 'bench', max: 1 });
  const prisma = createPrisma(pool);
  const [balances, history] = [new Durations(), new Durations()];
  try {
    const { rows } = await admin.query<{ id: string }>('SELECT id FROM bench.holder WHERE number = $1', [size.holders]);
    const holderId = rows[0]?.id ?? '';
    for (let read = 0; read < reads; read += 1) {
      let startedAt = performance.now();
      const accounts = await prisma.account.findMany({ where: { holderId } });
      balances.add(performance.now() - startedAt);
      startedAt = performance.now();
      const [page = []] = await listTransactions(pool, [{ holderId, belowVersion: newest, count: pageSize + 1 }]);
      const ids = page.map(({ id }) => id);
      const nodes = await prisma.transaction.findMany({ where: { id: { in: ids } }, include: { postings: true } });
      history.add(performance.now() - startedAt);
      if (accounts.length === 0 || nodes.length !== pageSize + 1) throw new Error('A read found too little.');
    }
  } finally {
    await prisma.$disconnect();
    await Promise.all([pool.end(), admin.end()]);
  }
  return { balances, history };
}
