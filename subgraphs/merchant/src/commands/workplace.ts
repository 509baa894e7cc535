import { UnknownStore } from '../domain/refusals.ts';
import type { Workplace } from '../domain/staff.ts';
import { storeIdsOf } from '../store/merchants.ts';
import type { Transaction } from '../store/transaction.ts';

/**
 * Holds that staff work in stores of their own merchant.
 * @throws UnknownStore
 */
export async function requireStores(transaction: Transaction, merchantId: string, workplace: Workplace): Promise<void> {
  if (workplace === 'all') return;
  const stores = new Set(await storeIdsOf(transaction, merchantId));
  if (!workplace.every((storeId) => stores.has(storeId))) throw new UnknownStore();
}
