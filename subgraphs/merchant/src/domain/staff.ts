import type { InputRules } from './input-rules.ts';
import { LastOwner } from './refusals.ts';

/** Roles, from the most rights to the least. */
export const roles = ['owner', 'manager', 'cashier'] as const;
export type Role = (typeof roles)[number];

/** A login as the identity provider knows it: `iss` and `sub` of its tokens. */
export interface Login {
  issuer: string;
  subject: string;
}

/** Where a staff member works: identifiers (`sto_…`) of stores, or all of the merchant's, present and future. */
export type Workplace = 'all' | readonly string[];

/** Staff of one merchant: the largest chains of the field have fewer. */
export const staffMax = 5_000;

const loginPartLengthMax = 255;
const displayNameLengthMax = 100;
/** More stores than that are "all of them". */
const workplaceStoresMax = 200;

/** Reads a login. The bar is refused in the issuer because it separates the two in the internal identity. */
export function readLogin(rules: InputRules, field: string, login: Login): Login {
  const issuer = rules.text(`${field}.issuer`, login.issuer, loginPartLengthMax);
  rules.require(`${field}.issuer`, !issuer.includes('|'), 'must not contain a bar.');
  return { issuer, subject: rules.text(`${field}.subject`, login.subject, loginPartLengthMax) };
}

/** Reads the name that colleagues see. */
export function readDisplayName(rules: InputRules, field: string, name: string): string {
  return rules.text(field, name, displayNameLengthMax);
}

/** Reads where somebody works; absent means all stores. An owner answers for the whole merchant, so for all stores. */
export function readWorkplace(rules: InputRules, role: Role, storeIds: readonly string[] | undefined): Workplace {
  if (storeIds === undefined) return 'all';
  rules.require('storeIds', role !== 'owner', 'must be left out for an owner, who works in all stores.');
  const isCountAllowed = storeIds.length >= 1 && storeIds.length <= workplaceStoresMax;
  rules.require('storeIds', isCountAllowed, `must name 1 to ${workplaceStoresMax} stores, or be left out for all.`);
  return [...new Set(storeIds)].sort();
}

/**
 * Holds that a merchant always has an owner.
 * @param nextRole the role after the change, undefined when the member leaves
 * @throws LastOwner
 */
export function requireOwnerRemains(member: { role: Role }, nextRole: Role | undefined, ownerCount: number): void {
  if (member.role === 'owner' && nextRole !== 'owner' && ownerCount <= 1) throw new LastOwner();
}
