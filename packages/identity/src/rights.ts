import type { Caller, Membership, PartnerScope, Role } from './caller.ts';

/** What the caller is at a merchant; undefined for those who are nothing there. */
export function membershipOf(caller: Caller, merchantId: string): Membership | undefined {
  return caller.kind === 'person'
    ? caller.memberships.find((membership) => membership.merchantId === merchantId)
    : undefined;
}

/** Whether the caller is staff of the merchant, its partner, or a platform operator: who may see its business at all. */
export function isMemberOf(caller: Caller, merchantId: string): boolean {
  if (caller.kind === 'partner') return caller.merchantId === merchantId;
  return caller.kind === 'person' && (caller.isPlatformOperator || membershipOf(caller, merchantId) !== undefined);
}

/** Whether the caller may act for the merchant in one of the roles, or as a partner with the scope, or as a platform operator. */
export function mayActFor(
  caller: Caller,
  merchantId: string,
  allowed: { roles: readonly Role[]; scope?: PartnerScope },
): boolean {
  if (caller.kind === 'partner') {
    return caller.merchantId === merchantId && allowed.scope !== undefined && caller.scopes.includes(allowed.scope);
  }
  if (caller.kind !== 'person') return false;
  if (caller.isPlatformOperator) return true;
  const membership = membershipOf(caller, merchantId);
  return membership !== undefined && allowed.roles.includes(membership.role);
}
