import { newId } from '@localplus/identifiers';
import { type Caller, loginSubject, type Role } from '@localplus/identity';

/** Who vouches for the logins of tests. */
export const issuer = 'https://id.example.fr';

/** A person with a login of their own, who may be staff of one merchant. */
export function person(subject: string, membership?: { merchantId: string; role: Role }): Caller {
  const memberships = membership ? [{ ...membership, storeIds: 'all' as const }] : [];
  return { kind: 'person', subject: loginSubject({ issuer, subject }), memberships, isPlatformOperator: false };
}

/** Staff of one merchant. */
export function staffOf(merchantId: string, role: Role): Caller {
  return person(`${role} of ${merchantId}`, { merchantId, role });
}

/** A partner of one merchant, with every scope. */
export function partnerOf(merchantId: string): Caller {
  const scopes = ['points:earn', 'points:burn', 'wallets:enroll', 'wallets:read'] as const;
  return { kind: 'partner', partnerId: newId('prt'), merchantId, scopes: [...scopes] };
}

/** Runs the platform. */
export const operator: Caller = {
  kind: 'person',
  subject: loginSubject({ issuer, subject: 'operator' }),
  memberships: [],
  isPlatformOperator: true,
};

/** A consumer who is nothing else. */
export const consumer: Caller = { ...person('consumer'), consumerId: newId('con') } as Caller;
