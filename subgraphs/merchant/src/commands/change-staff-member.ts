import { InputRules } from '../domain/input-rules.ts';
import { UnknownStaffMember } from '../domain/refusals.ts';
import type { Actor } from '../domain/rights.ts';
import { type Role, readWorkplace, requireOwnerRemains } from '../domain/staff.ts';
import { announceAccess } from '../store/announcements.ts';
import { countStaff, readStaffMember, updateStaffMember } from '../store/staff.ts';
import type { Answered } from './answer-once.ts';
import { type CommandTools, commandMerchant, type Keyed } from './command.ts';
import { readMerchantId } from './merchant-id.ts';
import { requireStores } from './workplace.ts';

export interface ChangeStaffMemberInput extends Keyed {
  /** `mer_…`: named too, because a member who has left can no longer tell. */
  merchantId: string;
  /** `stf_…` */
  staffMemberId: string;
  role: Role;
  /** `sto_…`; undefined means all stores. */
  storeIds: readonly string[] | undefined;
}

export type ChangeStaffMemberResult = { merchantId: string; staffMemberId: string };

/**
 * Replaces a staff member's role and stores. For owners.
 * @throws InvalidInput, MerchantUnknown, UnknownStaffMember, LastOwner, UnknownStore, IdempotencyKeyReused, RoleNotAllowed
 */
export async function changeStaffMember(
  tools: CommandTools,
  caller: Actor,
  input: ChangeStaffMemberInput,
): Promise<Answered<ChangeStaffMemberResult>> {
  const rules = new InputRules();
  const { merchantId, staffMemberId, role } = input;
  const workplace = readWorkplace(rules, role, input.storeIds);
  rules.check();

  return commandMerchant(tools, caller, {
    name: 'changeStaffMember',
    rights: { roles: ['owner'] },
    idempotencyKey: input.idempotencyKey,
    input: { merchantId, staffMemberId, role, workplace },
    findMerchant: () => readMerchantId(merchantId),
    work: async (transaction) => {
      const member = await readStaffMember(transaction, merchantId, staffMemberId);
      if (member === undefined) throw new UnknownStaffMember();
      requireOwnerRemains(member, role, await countStaff(transaction, merchantId, 'owner'));
      await requireStores(transaction, merchantId, workplace);
      await updateStaffMember(transaction, merchantId, staffMemberId, { role, workplace });
      await announceAccess(transaction, merchantId, 'STAFF_MEMBER_CHANGED', member);
      return { merchantId, staffMemberId };
    },
  });
}
