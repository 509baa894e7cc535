import { newId } from '@localplus/identifiers';
import { activeKeysMax, secretBytes, writePartnerKey } from '../domain/partner.ts';
import { LimitReached, UnknownPartner } from '../domain/refusals.ts';
import type { Actor } from '../domain/rights.ts';
import { announceAccess } from '../store/announcements.ts';
import { merchantOf } from '../store/ownership.ts';
import { countActiveKeys, insertPartnerKey } from '../store/partner-keys.ts';
import type { Answered } from './answer-once.ts';
import { type CommandTools, commandMerchant, type Keyed } from './command.ts';

export interface IssuePartnerKeyInput extends Keyed {
  /** `prt_…` */
  partnerId: string;
}

/** What is kept of an issued key: `prt_…`, `lpk_…`. */
export type IssuePartnerKeyResult = { partnerId: string; partnerKeyId: string };

/** The whole key comes with the first answer alone: nothing keeps it. */
export type IssuedPartnerKey = Answered<IssuePartnerKeyResult> & { key: string | undefined };

/**
 * Issues a key to a partner. A replay answers without the key. For owners.
 * @throws UnknownPartner, LimitReached, IdempotencyKeyReused, RoleNotAllowed
 */
export async function issuePartnerKey(
  tools: CommandTools,
  caller: Actor,
  { idempotencyKey, partnerId }: IssuePartnerKeyInput,
): Promise<IssuedPartnerKey> {
  const partnerKeyId = newId('lpk');
  const key = writePartnerKey(partnerKeyId, tools.randomBytes(secretBytes));
  const answer = await commandMerchant(tools, caller, {
    name: 'issuePartnerKey',
    rights: { roles: ['owner'] },
    idempotencyKey,
    input: { partnerId },
    findMerchant: (transaction) => merchantOf(transaction, 'prt', partnerId),
    unknown: UnknownPartner,
    work: async (transaction, merchant) => {
      const activeKeys = await countActiveKeys(transaction, partnerId);
      if (activeKeys >= activeKeysMax) throw new LimitReached('keys of a partner in use', activeKeysMax);
      await insertPartnerKey(transaction, merchant.id, { id: partnerKeyId, partnerId, key });
      await announceAccess(transaction, merchant.id, 'PARTNER_KEY_ISSUED', { partnerId });
      return { partnerId, partnerKeyId };
    },
  });
  return { ...answer, key: answer.isReplay ? undefined : key };
}
