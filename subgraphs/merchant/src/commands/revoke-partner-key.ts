import { UnknownPartnerKey } from '../domain/refusals.ts';
import type { Actor } from '../domain/rights.ts';
import { announceAccess } from '../store/announcements.ts';
import { merchantOf } from '../store/ownership.ts';
import { revokeKey } from '../store/partner-keys.ts';
import type { Answered } from './answer-once.ts';
import { type CommandTools, commandMerchant, type Keyed } from './command.ts';
import type { IssuePartnerKeyResult } from './issue-partner-key.ts';

export interface RevokePartnerKeyInput extends Keyed {
  /** `lpk_…` */
  partnerKeyId: string;
}

/**
 * Revokes a partner's key for good; a key that is revoked already stays as it is. For owners.
 * @throws UnknownPartnerKey, IdempotencyKeyReused, RoleNotAllowed
 */
export async function revokePartnerKey(
  tools: CommandTools,
  caller: Actor,
  { idempotencyKey, partnerKeyId }: RevokePartnerKeyInput,
): Promise<Answered<IssuePartnerKeyResult>> {
  return commandMerchant(tools, caller, {
    name: 'revokePartnerKey',
    rights: { roles: ['owner'] },
    idempotencyKey,
    input: { partnerKeyId },
    findMerchant: (transaction) => merchantOf(transaction, 'lpk', partnerKeyId),
    unknown: UnknownPartnerKey,
    work: async (transaction, merchant) => {
      const partnerId = await revokeKey(transaction, partnerKeyId, tools.clock());
      await announceAccess(transaction, merchant.id, 'PARTNER_KEY_REVOKED', { partnerId });
      return { partnerId, partnerKeyId };
    },
  });
}
