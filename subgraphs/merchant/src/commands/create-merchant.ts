import { newId } from '@localplus/identifiers';
import { InputRules } from '../domain/input-rules.ts';
import { type MerchantProfile, readMerchantProfile } from '../domain/merchant.ts';
import type { Actor } from '../domain/rights.ts';
import { type Login, readDisplayName, readLogin } from '../domain/staff.ts';
import { announceAccess, announceMerchant } from '../store/announcements.ts';
import { insertMerchant } from '../store/merchants.ts';
import { insertStaffMember } from '../store/staff.ts';
import type { Answered } from './answer-once.ts';
import { type CommandTools, commandPlatform, type Keyed } from './command.ts';

export interface CreateMerchantInput extends Keyed, MerchantProfile {
  /** Who owns it first. */
  owner: { login: Login; displayName: string };
}

/** `mer_…`, `stf_…` */
export type CreateMerchantResult = { merchantId: string; ownerId: string };

/**
 * Creates a merchant as a draft, with its first owner. For platform operators.
 * @throws InvalidInput, IdempotencyKeyReused, RoleNotAllowed
 */
export async function createMerchant(
  tools: CommandTools,
  caller: Actor,
  input: CreateMerchantInput,
): Promise<Answered<CreateMerchantResult>> {
  const rules = new InputRules();
  const profile = readMerchantProfile(rules, input);
  const owner = {
    login: readLogin(rules, 'owner.login', input.owner.login),
    displayName: readDisplayName(rules, 'owner.displayName', input.owner.displayName),
  };
  rules.check();

  return commandPlatform(tools, caller, {
    name: 'createMerchant',
    idempotencyKey: input.idempotencyKey,
    input: { ...profile, owner },
    work: async (transaction) => {
      const merchantId = newId('mer');
      const ownerId = newId('stf');
      await insertMerchant(transaction, merchantId, profile);
      await insertStaffMember(transaction, merchantId, {
        id: ownerId,
        ...owner.login,
        displayName: owner.displayName,
        role: 'owner',
        workplace: 'all',
      });
      await announceMerchant(transaction, merchantId);
      await announceAccess(transaction, merchantId, 'STAFF_MEMBER_ADDED', owner.login);
      return { merchantId, ownerId };
    },
  });
}
