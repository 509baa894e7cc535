import { verifyLedger } from '../src/queries/verification/verify-ledger.ts';
import type { LedgerHouse } from './ledger-house.ts';

/** Where nobody publishes, every change still has its event. */
const unpublished = `
  SELECT FROM (SELECT count(*) AS count FROM balance_change) c, (SELECT count(*) AS count FROM outbox) o
  WHERE c.count <> o.count`;

/** Lists what does not hold in a ledger; empty when all is well. */
export async function findFaults(pool: LedgerHouse['pool']): Promise<string[]> {
  const found: string[] = [];
  for await (const { check, firstFault } of verifyLedger(pool)) {
    if (firstFault === undefined) continue;
    const shown = JSON.stringify(firstFault, (_key, value) => (typeof value === 'bigint' ? `${value}` : value));
    found.push(`${check}: ${shown}`);
  }
  const { rowCount } = await pool.query(unpublished);
  if (rowCount !== 0) found.push('events and changes differ');
  return found;
}
