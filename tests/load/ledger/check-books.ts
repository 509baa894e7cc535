import { withAdminConnection } from '@localplus/postgres';
import type { BenchDatabase } from './database.ts';

/** What must still hold after the load, each a query that finds rows only where it does not. */
const faults: Record<string, string> = {
  'debits and credits of an asset differ': `
    SELECT asset_id FROM ledger.account GROUP BY asset_id HAVING sum(debits) <> sum(credits)`,
  'an account is not the sum of its postings': `
    SELECT a.id FROM ledger.account a
    JOIN (
      SELECT side.id, sum(side.debit) AS debits, sum(side.credit) AS credits
      FROM ledger.posting p
      CROSS JOIN LATERAL (VALUES (p.debit_account_id, p.amount, 0), (p.credit_account_id, 0, p.amount)) AS side (id, debit, credit)
      GROUP BY side.id
    ) posted ON posted.id = a.id
    WHERE (a.debits, a.credits) <> (posted.debits, posted.credits)`,
  'versions of a holder have a gap': `
    SELECT h.id FROM ledger.holder h
    JOIN (SELECT holder_id, count(*) AS changes, max(version) AS newest FROM ledger.balance_change GROUP BY 1) c ON c.holder_id = h.id
    WHERE h.version <> c.changes OR h.version <> c.newest`,
  'open lots of a holder are not what its account has': `
    SELECT a.id FROM ledger.account a
    LEFT JOIN (SELECT holder_id, sum(available) AS available FROM ledger.lot WHERE is_open GROUP BY 1) l ON l.holder_id = a.holder_id
    WHERE a.part = 'AVAILABLE' AND a.balance <> coalesce(l.available, 0)`,
};

/** Figures of a ledger that lost or made money count for nothing. Throws with the first fault. */
export async function checkBooks({ adminConnectionString }: BenchDatabase): Promise<void> {
  await withAdminConnection(adminConnectionString, async (client) => {
    // Whole tables are added up: in memory, or it takes longer than the load. For the first row that it may find, the planner would
    // compare each with each.
    await client.query(`SET work_mem = '512MB'; SET enable_nestloop = off`);
    for (const [fault, query] of Object.entries(faults)) {
      const { rowCount } = await client.query(`${query} LIMIT 1`);
      if (rowCount !== 0) throw new Error(`After the load ${fault}.`);
    }
  });
}
