import type { Role } from './staff.ts';

/** Whoever asks something of a merchant, as far as rights depend on it. */
export type Actor =
  | {
      kind: 'person';
      memberships: readonly { merchantId: string; role: Role }[];
      isPlatformOperator: boolean;
    }
  | { kind: 'partner'; merchantId: string }
  | { kind: 'service' };

/** Who may give a command. */
export interface CommandRights {
  /** Roles of the merchant's staff. */
  roles: readonly Role[];
  /** Whether platform operators may give it too. */
  isOpenToOperators?: boolean;
}

/** The actor belongs to the merchant, or runs the platform, and still may not do this. */
export class RoleNotAllowed extends Error {
  constructor({ roles, isOpenToOperators }: CommandRights) {
    const allowed = [...roles, ...(isOpenToOperators ? ['platform operator'] : [])];
    super(`Only these roles may do this: ${allowed.join(', ')}.`);
    this.name = 'RoleNotAllowed';
  }
}

/** Whether the actor runs the platform. */
export function isOperator(actor: Actor): boolean {
  return actor.kind === 'person' && actor.isPlatformOperator;
}

/** The actor's role among the merchant's staff; undefined for everybody else. */
export function roleAt(actor: Actor, merchantId: string): Role | undefined {
  if (actor.kind !== 'person') return undefined;
  return actor.memberships.find((membership) => membership.merchantId === merchantId)?.role;
}

/** Whether the actor belongs to the merchant: its staff, and its partners. */
export function belongsTo(actor: Actor, merchantId: string): boolean {
  if (actor.kind === 'partner') return actor.merchantId === merchantId;
  return roleAt(actor, merchantId) !== undefined;
}

/** Whether the actor may see what only those see who run the merchant: staff, partners, why it was suspended. */
export function mayInspect(actor: Actor, merchantId: string): boolean {
  const role = roleAt(actor, merchantId);
  return isOperator(actor) || role === 'owner' || role === 'manager';
}

/**
 * Decides whether the actor may give a command to the merchant.
 * @returns false for those to whom the merchant is none of their business: they are told that it is unknown
 * @throws RoleNotAllowed for those who belong to the merchant in another role, and for operators
 */
export function mayCommand(actor: Actor, merchantId: string, rights: CommandRights): boolean {
  if (rights.isOpenToOperators && isOperator(actor)) return true;
  const role = roleAt(actor, merchantId);
  if (role !== undefined && rights.roles.includes(role)) return true;
  if (!belongsTo(actor, merchantId) && !isOperator(actor)) return false;
  throw new RoleNotAllowed(rights);
}

/**
 * Holds that a command on the platform as a whole comes from who runs it.
 * @throws RoleNotAllowed
 */
export function requireOperator(actor: Actor): void {
  if (!isOperator(actor)) throw new RoleNotAllowed({ roles: [], isOpenToOperators: true });
}
