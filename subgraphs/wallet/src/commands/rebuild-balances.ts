import { areSameBalances, type BalanceState } from '../domain/balance.ts';
import type { ListChanges } from '../domain/ledger.ts';
import { loadBalances, replaceBalance } from '../store/balance-rows.ts';
import type { Database } from '../store/connection.ts';
import { listWalletIds } from '../store/wallet-rows.ts';

const pageSize = 500;
/** Enough to keep both sides busy, little enough to leave room for the traffic beside it. */
const walletsAtOnce = 8;
/** A wallet that is posted to while it is compared is looked at again; one that never comes to rest counts as different. */
const comparisonsMax = 5;
const beforeEveryId = '00000000-0000-0000-0000-000000000000';

/** A wallet whose stored balance is not the ledger's. */
export interface Difference {
  /** UUID */
  walletId: string;
  /** Undefined when nothing is stored. */
  stored: BalanceState | undefined;
  ledger: BalanceState;
}

/** What the comparison has found. */
export interface RebuildReport {
  compared: number;
  differences: Difference[];
  /** How many of the differences were put right. */
  repaired: number;
}

interface RebuildSources {
  pool: Database;
  listChanges: ListChanges;
}

/**
 * Compares every wallet's balance with the ledger's, byte for byte, and puts the ledger's in its place where they differ and
 * `mode` is `repair`. May run beside the traffic.
 * @throws RpcFailed when the ledger cannot be asked, or does not know a wallet's holder
 */
export async function rebuildBalances(sources: RebuildSources, mode: 'check' | 'repair'): Promise<RebuildReport> {
  const report: RebuildReport = { compared: 0, differences: [], repaired: 0 };
  let lastId = beforeEveryId;
  for (;;) {
    const walletIds = await listWalletIds(sources.pool, lastId, pageSize);
    if (walletIds.length === 0) return report;
    lastId = walletIds.at(-1) ?? lastId;
    await Promise.all(Array.from({ length: walletsAtOnce }, () => compareEach(sources, mode, walletIds, report)));
  }
}

async function compareEach(
  sources: RebuildSources,
  mode: 'check' | 'repair',
  walletIds: string[],
  report: RebuildReport,
) {
  for (let walletId = walletIds.pop(); walletId; walletId = walletIds.pop()) {
    const difference = await compare(sources, walletId);
    report.compared += 1;
    if (!difference) continue;
    report.differences.push(difference);
    const { stored, ledger } = difference;
    const isRepaired =
      mode === 'repair' && (await replaceBalance(sources.pool, { holderId: walletId, ...ledger }, stored?.version));
    if (isRepaired) report.repaired += 1;
  }
}

async function compare(sources: RebuildSources, walletId: string): Promise<Difference | undefined> {
  for (let comparison = 1; ; comparison += 1) {
    const ledger = await readLedgerState(sources, walletId);
    const stored = (await loadBalances(sources.pool, [walletId])).get(walletId);
    const isSame = stored?.version === ledger.version && areSameBalances(stored.balances, ledger.balances);
    if (isSame) return undefined;
    const mayHaveMoved = stored !== undefined && stored.version !== ledger.version;
    if (!mayHaveMoved || comparison === comparisonsMax) return { walletId, stored, ledger };
  }
}

async function readLedgerState({ listChanges }: RebuildSources, walletId: string): Promise<BalanceState> {
  const { current } = await listChanges(walletId, 0n, 1);
  const newest = current.version === 0n ? [] : (await listChanges(walletId, current.version - 1n, 1)).changes;
  return newest[0] ?? { ...current, occurredAt: new Date() };
}
