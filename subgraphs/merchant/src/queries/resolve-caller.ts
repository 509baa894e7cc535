import type { Login } from '../domain/staff.ts';
import { isPlatformOperator, type Membership, readMemberships } from '../store/logins.ts';
import { findPartnerAccess, type PartnerAccess } from '../store/partner-keys.ts';
import type { Reader } from '../store/transaction.ts';

/** What a credential may act as. Nothing at all is an answer, not an error. */
export interface ResolvedCaller {
  memberships: Membership[];
  isPlatformOperator: boolean;
  partner: PartnerAccess | undefined;
}

/** Tells what a login, verified by the caller, may act as. */
export async function resolveLogin(reader: Reader, login: Login): Promise<ResolvedCaller> {
  const [memberships, isOperator] = await Promise.all([
    readMemberships(reader, login),
    isPlatformOperator(reader, login),
  ]);
  return { memberships, isPlatformOperator: isOperator, partner: undefined };
}

/** Tells whom a partner's key lets act; nobody for a key that is malformed, unknown, wrong or revoked. */
export async function resolvePartnerKey(reader: Reader, key: string): Promise<ResolvedCaller> {
  return { memberships: [], isPlatformOperator: false, partner: await findPartnerAccess(reader, key) };
}
