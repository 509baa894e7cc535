import type { Caller, PartnerScope, Role } from '@localplus/identity';

type Person = Extract<Caller, { kind: 'person' }>;

/** A login that nobody knows. Ids in TypeID form throughout. */
export function person(more: Partial<Person> = {}): Person {
  return {
    kind: 'person',
    subject: 'https://issuer.example|somebody',
    memberships: [],
    isPlatformOperator: false,
    ...more,
  };
}

export const operator = (): Caller => person({ isPlatformOperator: true });

export const consumer = (consumerId: string): Caller => person({ consumerId });

export function staffOf(merchantId: string, role: Role = 'owner', storeIds: 'all' | string[] = 'all'): Caller {
  return person({ subject: `https://issuer.example|${role}`, memberships: [{ merchantId, role, storeIds }] });
}

export function partnerOf(merchantId: string, scopes: PartnerScope[]): Caller {
  return { kind: 'partner', partnerId: 'prt_01jd00000000000000000000aa', merchantId, scopes };
}
