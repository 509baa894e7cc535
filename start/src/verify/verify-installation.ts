import { type CheckResult, countRows, verifyLedger } from '@localplus/ledger/verification';
import { compareWallet } from './compare-wallet.ts';
import { describeFault } from './describe-fault.ts';
import { type Snapshot, withSnapshot } from './snapshot.ts';

/**
 * Every join of a check is of two whole tables by all of their keys. What the planner guesses of sums and of JSON is far too
 * low, and a merge by the holder alone would compare each of its versions with each other.
 */
const joinWholeTables = 'SET LOCAL enable_mergejoin = off; SET LOCAL enable_nestloop = off';
/** The wallet's rows are looked up one by one. */
const joinFewRows = 'SET LOCAL enable_mergejoin = on; SET LOCAL enable_nestloop = on';

const walletCheck = "the wallet's balances are not the ledger's";

/**
 * Checks everything that must hold in the ledger, and that the wallet shows what the ledger says, each at one instant while
 * the platform may run. Says line by line what was looked at, how long it took, and what is at fault.
 * @returns whether all holds
 */
export async function verifyInstallation(
  { ledgerUrl, walletUrl }: { ledgerUrl: string; walletUrl: string },
  line: (text: string) => void,
): Promise<boolean> {
  // The wallet's snapshot first: what it has heard of, the ledger's has too.
  return withSnapshot(walletUrl, (wallet) =>
    withSnapshot(ledgerUrl, (ledger) => verifySnapshots(wallet, ledger, line)),
  );
}

async function verifySnapshots(wallet: Snapshot, ledger: Snapshot, line: (text: string) => void): Promise<boolean> {
  const start = performance.now();
  for (const [table, count] of await countRows(ledger)) line(`${grouped(count).padStart(14)} rows of ${table}`);

  let failedCount = 0;
  let checkCount = 0;
  const report = async (result: CheckResult) => {
    checkCount += 1;
    if (result.faultCount > 0n) failedCount += 1;
    line(`${result.faultCount > 0n ? 'FAULT ' : 'none  '} ${result.check} (${seconds(result.durationMs)})`);
    if (result.firstFault === undefined) return;
    const shown = describeFault(result.firstFault, await holderPrefix(ledger, result.firstFault.holder));
    line(`       ${grouped(result.faultCount)} of them, the first: ${shown}`);
  };
  await ledger.query(joinWholeTables);
  for await (const result of verifyLedger(ledger)) await report(result);
  await ledger.query(joinFewRows);

  const comparisonStart = performance.now();
  const { rowCount, underWayCount, faultCount, firstFault } = await compareWallet(wallet, ledger);
  const durationMs = performance.now() - comparisonStart;
  await report({ check: walletCheck, durationMs, faultCount: BigInt(faultCount), firstFault });
  line(`       ${grouped(rowCount)} rows compared, ${grouped(underWayCount)} of them about to hear of something newer`);

  const held = `${checkCount - failedCount} of ${checkCount} checks hold (${seconds(performance.now() - start)})`;
  line(held);
  return failedCount === 0;
}

async function holderPrefix(ledger: Snapshot, holder: unknown): Promise<'wal' | 'gc'> {
  if (typeof holder !== 'string') return 'wal';
  const { rows } = await ledger.query<{ kind: string }>('SELECT kind FROM holder WHERE id = $1', [holder]);
  return rows[0]?.kind === 'card' ? 'gc' : 'wal';
}

function grouped(count: bigint | number): string {
  return count.toLocaleString('en-US');
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1_000).toFixed(2)} s`;
}
