import { newId } from '@localplus/identifiers';
import { InputRules } from '../domain/input-rules.ts';
import { readStoreProfile, type StoreProfile, storesMax } from '../domain/merchant.ts';
import { LimitReached } from '../domain/refusals.ts';
import type { Actor } from '../domain/rights.ts';
import { announceMerchant } from '../store/announcements.ts';
import { insertStore, storeIdsOf } from '../store/merchants.ts';
import type { Answered } from './answer-once.ts';
import { type CommandTools, commandMerchant, type Keyed } from './command.ts';
import { readMerchantId } from './merchant-id.ts';

export interface OpenStoreInput extends Keyed, StoreProfile {
  /** `mer_…` */
  merchantId: string;
}

/** `sto_…`, and the merchant's version after it, as a decimal string. */
export type OpenStoreResult = { storeId: string; merchantVersion: string };

/**
 * Opens a store. For owners.
 * @throws InvalidInput, MerchantUnknown, LimitReached, IdempotencyKeyReused, RoleNotAllowed
 */
export async function openStore(
  tools: CommandTools,
  caller: Actor,
  input: OpenStoreInput,
): Promise<Answered<OpenStoreResult>> {
  const rules = new InputRules();
  const profile = readStoreProfile(rules, input);
  rules.check();

  return commandMerchant(tools, caller, {
    name: 'openStore',
    rights: { roles: ['owner'] },
    idempotencyKey: input.idempotencyKey,
    input: { merchantId: input.merchantId, ...profile },
    findMerchant: () => readMerchantId(input.merchantId),
    work: async (transaction, merchant) => {
      const stores = await storeIdsOf(transaction, merchant.id);
      if (stores.length >= storesMax) throw new LimitReached('stores', storesMax);
      const storeId = newId('sto');
      const merchantVersion = await insertStore(transaction, merchant.id, storeId, profile);
      await announceMerchant(transaction, merchant.id);
      return { storeId, merchantVersion: String(merchantVersion) };
    },
  });
}
