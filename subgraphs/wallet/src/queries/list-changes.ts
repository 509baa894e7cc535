import type { BalanceEvent } from '../domain/balance-change.ts';
import { readCursor } from '../domain/cursor.ts';
import type { ListChanges } from '../domain/ledger.ts';

/**
 * Lists the changes of a wallet (a UUID) behind a cursor, or from the first one, ascending and without a gap.
 * @throws InvalidCursor; RpcFailed when the ledger cannot be asked
 */
export async function listChangesAfter(
  listChanges: ListChanges,
  walletId: string,
  after: string | undefined,
  countMax: number,
): Promise<BalanceEvent[]> {
  const afterVersion = after === undefined ? 0n : readCursor(walletId, after);
  const { changes } = await listChanges(walletId, afterVersion, countMax);
  return changes.map((change) => ({ ...change, skipped: 0n }));
}
