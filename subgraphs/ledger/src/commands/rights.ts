import { fromUuid } from '@localplus/identifiers';
import {
  type Caller,
  isMemberOf,
  loginPseudonym,
  mayActFor,
  membershipOf,
  type PartnerScope,
  type Role,
} from '@localplus/identity';
import { Forbidden } from '../domain/failures.ts';
import type { Actor } from '../domain/transaction.ts';

/** What a command demands of who gives it. Platform operators may do everything. */
export interface Right {
  roles: readonly Role[];
  /** What a partner needs; without it no partner may. */
  scope?: PartnerScope;
}

/**
 * Holds a command closed to those who could give it at no merchant at all.
 * @throws Forbidden
 */
export function demandSomewhere(caller: Caller, { roles, scope }: Right): void {
  if (caller.kind === 'partner' && scope !== undefined && caller.scopes.includes(scope)) return;
  if (caller.kind === 'person') {
    if (caller.isPlatformOperator || caller.memberships.some(({ role }) => roles.includes(role))) return;
  }
  throw new Forbidden();
}

/**
 * Whether the caller may give a command at a merchant. False for strangers, who are not to learn what exists there.
 * @param merchantId UUID
 * @throws Forbidden for those who belong there in another role
 */
export function mayAct(caller: Caller, merchantId: string, right: Right): boolean {
  const merchant = fromUuid('mer', merchantId);
  if (mayActFor(caller, merchant, right)) return true;
  if (isMemberOf(caller, merchant)) throw new Forbidden();
  return false;
}

/**
 * Whether the caller may name a store of the merchant: staff who work in some stores only those.
 * @param merchantId UUID
 * @param storeId `sto_…`
 */
export function mayNameStore(caller: Caller, merchantId: string, storeId: string): boolean {
  const stores = membershipOf(caller, fromUuid('mer', merchantId))?.storeIds ?? 'all';
  return stores === 'all' || stores.includes(storeId);
}

/** Platform operators bring in what happened before: only they may report without a bound in the past. */
export function mayImport(caller: Caller): boolean {
  return caller.kind === 'person' && caller.isPlatformOperator;
}

/**
 * Who acts at a merchant, as the journal keeps it for ever. A login's issuer and subject may tell who a person is, so the
 * journal gets a digest: whoever knows the login can find its deeds, nobody can find the login.
 * @param merchantId UUID
 */
export function actorOf(caller: Caller, merchantId: string): Actor {
  if (caller.kind === 'partner') return { kind: 'partner', id: caller.partnerId };
  if (caller.kind === 'service') throw new Forbidden();
  const isStaff = membershipOf(caller, fromUuid('mer', merchantId)) !== undefined;
  const id = loginPseudonym(caller.subject);
  return { kind: isStaff ? 'staff' : 'operator', id };
}
