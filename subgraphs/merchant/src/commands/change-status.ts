import { InputRules } from '../domain/input-rules.ts';
import { goLive as decideGoLive, reinstate, suspend } from '../domain/life-cycle.ts';
import { readStatusReason } from '../domain/merchant.ts';
import type { MerchantStatus } from '../domain/merchant-status.ts';
import type { Actor } from '../domain/rights.ts';
import { announceMerchant } from '../store/announcements.ts';
import { storeIdsOf, writeStatus } from '../store/merchants.ts';
import { countPrograms } from '../store/programs.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Answered } from './answer-once.ts';
import { type CommandTools, commandMerchant, type Keyed } from './command.ts';
import { readMerchantId } from './merchant-id.ts';

export interface ChangeStatusInput extends Keyed {
  /** `mer_…` */
  merchantId: string;
}

export interface SuspendMerchantInput extends ChangeStatusInput {
  reason: string;
}

/** The merchant's status and version after it, the version as a decimal string. */
export type ChangeStatusResult = { merchantId: string; status: MerchantStatus; merchantVersion: string };

async function changeTo(
  transaction: Transaction,
  merchantId: string,
  status: MerchantStatus,
  reason?: string,
): Promise<ChangeStatusResult> {
  const merchantVersion = await writeStatus(transaction, merchantId, status, reason);
  await announceMerchant(transaction, merchantId);
  return { merchantId, status, merchantVersion: String(merchantVersion) };
}

/**
 * Takes a draft live, which it can once it has a store and a program. For owners and platform operators.
 * @throws MerchantUnknown, InvalidStatus, NotReady, IdempotencyKeyReused, RoleNotAllowed
 */
export async function goLive(
  tools: CommandTools,
  caller: Actor,
  { idempotencyKey, merchantId }: ChangeStatusInput,
): Promise<Answered<ChangeStatusResult>> {
  return commandMerchant(tools, caller, {
    name: 'goLive',
    rights: { roles: ['owner'], isOpenToOperators: true },
    idempotencyKey,
    input: { merchantId },
    findMerchant: () => readMerchantId(merchantId),
    work: async (transaction, merchant) => {
      const stores = (await storeIdsOf(transaction, merchantId)).length;
      const programs = await countPrograms(transaction, merchantId);
      return changeTo(transaction, merchantId, decideGoLive(merchant.status, { stores, programs }));
    },
  });
}

/**
 * Stops a live merchant's business: the ledger refuses its commands within a second. For platform operators.
 * @throws InvalidInput, MerchantUnknown, InvalidStatus, IdempotencyKeyReused, RoleNotAllowed
 */
export async function suspendMerchant(
  tools: CommandTools,
  caller: Actor,
  input: SuspendMerchantInput,
): Promise<Answered<ChangeStatusResult>> {
  const rules = new InputRules();
  const { merchantId } = input;
  const reason = readStatusReason(rules, input.reason);
  rules.check();

  return commandMerchant(tools, caller, {
    name: 'suspendMerchant',
    rights: { roles: [], isOpenToOperators: true },
    idempotencyKey: input.idempotencyKey,
    input: { merchantId, reason },
    findMerchant: () => readMerchantId(merchantId),
    work: (transaction, merchant) => changeTo(transaction, merchantId, suspend(merchant.status), reason),
  });
}

/**
 * Lets a suspended merchant do business again. For platform operators.
 * @throws InvalidInput, MerchantUnknown, InvalidStatus, IdempotencyKeyReused, RoleNotAllowed
 */
export async function reinstateMerchant(
  tools: CommandTools,
  caller: Actor,
  { idempotencyKey, merchantId }: ChangeStatusInput,
): Promise<Answered<ChangeStatusResult>> {
  return commandMerchant(tools, caller, {
    name: 'reinstateMerchant',
    rights: { roles: [], isOpenToOperators: true },
    idempotencyKey,
    input: { merchantId },
    findMerchant: () => readMerchantId(merchantId),
    work: (transaction, merchant) => changeTo(transaction, merchantId, reinstate(merchant.status)),
  });
}
