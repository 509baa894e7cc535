import { parseId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import type { Holder } from '../domain/holder.ts';
import type { FindHolder } from '../store/holder-directory.ts';
import { mayAct, type Right } from './rights.ts';

/**
 * Finds a holder of a merchant that the caller may act for; undefined, indistinguishably, for every other.
 * @param walletId `wal_…`
 * @throws Forbidden for those who belong to the merchant in another role
 */
export async function findOwnHolder(
  findHolder: FindHolder,
  walletId: string,
  caller: Caller,
  right: Right,
): Promise<Holder | undefined> {
  const holderId = parseId(walletId, 'wal');
  const holder = holderId === undefined ? undefined : await findHolder(holderId);
  return holder && mayAct(caller, holder.merchantId, right) ? holder : undefined;
}
