import type { Caller, PartnerScope, Role } from '@localplus/identity';

/** Staff of one merchant. */
export function staffOf(merchantId: string, role: Role = 'cashier'): Caller {
  const memberships = [{ merchantId, role, storeIds: 'all' as const }];
  return { kind: 'person', subject: `staff of ${merchantId}`, memberships, isPlatformOperator: false };
}

/** A partner of one merchant. */
export function partnerOf(merchantId: string, ...scopes: PartnerScope[]): Caller {
  return { kind: 'partner', partnerId: 'prt_01k00000000000000000000000', merchantId, scopes };
}

/** A consumer who is nothing else. */
export function consumer(consumerId: string): Caller {
  return { kind: 'person', subject: `consumer ${consumerId}`, consumerId, memberships: [], isPlatformOperator: false };
}

/** A signed-in person who is nothing at all. */
export const nobody: Caller = { kind: 'person', subject: 'nobody', memberships: [], isPlatformOperator: false };

export const platformOperator: Caller = { ...nobody, subject: 'operator', isPlatformOperator: true };
