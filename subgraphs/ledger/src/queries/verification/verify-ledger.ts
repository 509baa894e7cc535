import type { Sql } from '../../store/connection.ts';
import { accountChecks } from './account-checks.ts';
import type { Check } from './check.ts';
import { holderChecks } from './holder-checks.ts';
import { journalChecks } from './journal-checks.ts';
import { lotChecks } from './lot-checks.ts';

/** Everything that must hold in every ledger at every instant. */
export const checks: readonly Check[] = [...accountChecks, ...holderChecks, ...lotChecks, ...journalChecks];

const tables = ['holder', 'account', 'transaction', 'posting', 'balance_change', 'lot', 'hold', 'idempotency'] as const;

/** What a check found. */
export interface CheckResult {
  readonly check: string;
  readonly durationMs: number;
  /** 0 where all is well. */
  readonly faultCount: bigint;
  /** What names the first fault: identifiers as UUIDs, amounts in the asset's smallest unit. */
  readonly firstFault: Readonly<Record<string, unknown>> | undefined;
}

/** How many rows of each table were looked at. */
export async function countRows(sql: Sql): Promise<Map<string, bigint>> {
  const counts = tables.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`);
  const { rows } = await sql.query<Record<string, bigint>>(`SELECT ${counts.join(', ')}`);
  return new Map(Object.entries(rows[0] ?? {}));
}

/** Runs one check over all that there is, as the transaction of `sql` sees it. */
async function runCheck(sql: Sql, { name, query }: Check): Promise<CheckResult> {
  const start = performance.now();
  const { rows } = await sql.query<Record<string, unknown> & { fault_count: bigint }>(
    `SELECT *, count(*) OVER () AS fault_count FROM (${query}) fault LIMIT 1`,
  );
  const { fault_count: faultCount = 0n, ...firstFault } = rows[0] ?? {};
  const durationMs = performance.now() - start;
  return { check: name, durationMs, faultCount, firstFault: rows.length === 0 ? undefined : firstFault };
}

/** Runs every check, one after the other; each result is handed out as it comes. */
export async function* verifyLedger(sql: Sql): AsyncGenerator<CheckResult> {
  for (const check of checks) yield await runCheck(sql, check);
}
