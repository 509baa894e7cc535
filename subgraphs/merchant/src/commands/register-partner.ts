import { newId } from '@localplus/identifiers';
import { InputRules } from '../domain/input-rules.ts';
import { type PartnerProfile, partnersMax, readPartnerProfile } from '../domain/partner.ts';
import { LimitReached } from '../domain/refusals.ts';
import type { Actor } from '../domain/rights.ts';
import { countPartners, insertPartner } from '../store/partners.ts';
import type { Answered } from './answer-once.ts';
import { type CommandTools, commandMerchant, type Keyed } from './command.ts';
import { readMerchantId } from './merchant-id.ts';

export interface RegisterPartnerInput extends Keyed, PartnerProfile {
  /** `mer_…` */
  merchantId: string;
}

/** `prt_…` */
export type RegisterPartnerResult = { partnerId: string };

/**
 * Registers a partner that will act for a merchant once it has a key. For owners.
 * @throws InvalidInput, MerchantUnknown, LimitReached, IdempotencyKeyReused, RoleNotAllowed
 */
export async function registerPartner(
  tools: CommandTools,
  caller: Actor,
  input: RegisterPartnerInput,
): Promise<Answered<RegisterPartnerResult>> {
  const rules = new InputRules();
  const { merchantId } = input;
  const profile = readPartnerProfile(rules, input);
  rules.check();

  return commandMerchant(tools, caller, {
    name: 'registerPartner',
    rights: { roles: ['owner'] },
    idempotencyKey: input.idempotencyKey,
    input: { merchantId, ...profile },
    findMerchant: () => readMerchantId(merchantId),
    work: async (transaction) => {
      if ((await countPartners(transaction, merchantId)) >= partnersMax)
        throw new LimitReached('partners', partnersMax);
      const partnerId = newId('prt');
      await insertPartner(transaction, merchantId, partnerId, profile);
      return { partnerId };
    },
  });
}
