import type { LedgerHouse } from './ledger-house.ts';

/** Counts the statements that a pool is given, by name; those without one count as `prisma`. */
export function countStatements(pool: LedgerHouse['pool']): () => Record<string, number> {
  const counts: Record<string, number> = {};
  const query = pool.query.bind(pool);
  const counted = (...[statement, ...more]: unknown[]) => {
    const name =
      typeof statement === 'object' && statement !== null && 'name' in statement ? statement.name : undefined;
    const counter = typeof name === 'string' ? name : 'prisma';
    counts[counter] = (counts[counter] ?? 0) + 1;
    return Reflect.apply(query, pool, [statement, ...more]);
  };
  Object.assign(pool, { query: counted });
  return () => ({ ...counts });
}
