import { fromUuid } from '@localplus/identifiers';
import { type Caller, mayActFor, membershipOf } from '@localplus/identity';

/** Whose a holder, or something of it, is. Ids are UUIDs. */
export interface Owned {
  merchantId: string;
  consumerId: string;
}

/** Whether the caller may look at the merchant's holders: its staff, a partner that may read wallets, platform operators. */
export function maySeeHoldersOf(caller: Caller, merchantId: string): boolean {
  const merchant = fromUuid('mer', merchantId);
  if (caller.kind === 'partner') return caller.merchantId === merchant && caller.scopes.includes('wallets:read');
  return caller.kind === 'person' && (caller.isPlatformOperator || membershipOf(caller, merchant) !== undefined);
}

/** Whether the caller may know that the holder exists. */
export function maySeeHolder(caller: Caller, holder: Owned): boolean {
  const isOwn = caller.kind === 'person' && caller.consumerId === fromUuid('con', holder.consumerId);
  return isOwn || maySeeHoldersOf(caller, holder.merchantId);
}

/** Whether the caller may look at the merchant's own books: owner, manager, platform operators. */
export function maySeeBooksOf(caller: Caller, merchantId: string): boolean {
  return mayActFor(caller, fromUuid('mer', merchantId), { roles: ['owner', 'manager'] });
}
