import { withTransaction } from '@localplus/postgres';
import type { OpenHolder } from '../domain/ledger.ts';
import { storeBalances } from '../store/balance-rows.ts';
import type { Database } from '../store/connection.ts';
import { completeEnrollment, type Enrollment } from '../store/enrollment-rows.ts';

/** What finishing an enrollment needs around it. */
export interface FinishSources {
  pool: Database;
  openHolder: OpenHolder;
}

/**
 * Opens the holder of a stored enrollment in the ledger, then writes the wallet and its first balance in one transaction.
 * May be done by several at once and again: the ledger and the rows answer the same.
 * @throws RpcFailed while the ledger cannot be asked; the enrollment stays open
 */
export async function finishEnrollment({ pool, openHolder }: FinishSources, enrollment: Enrollment): Promise<void> {
  const { walletId, consumerId, programId, merchantId, pointAssetCode } = enrollment;
  const opened = await openHolder({ holderId: walletId, consumerId, programId, merchantId, pointAssetCode });
  await withTransaction(pool, async (sql) => {
    await storeBalances(sql, [{ holderId: walletId, ...opened, occurredAt: new Date() }]);
    await completeEnrollment(sql, enrollment);
  });
}
