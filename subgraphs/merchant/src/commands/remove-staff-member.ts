import { UnknownStaffMember } from '../domain/refusals.ts';
import type { Actor } from '../domain/rights.ts';
import { requireOwnerRemains } from '../domain/staff.ts';
import { announceAccess } from '../store/announcements.ts';
import { countStaff, deleteStaffMember, readStaffMember } from '../store/staff.ts';
import type { Answered } from './answer-once.ts';
import { type CommandTools, commandMerchant, type Keyed } from './command.ts';
import { readMerchantId } from './merchant-id.ts';

export interface RemoveStaffMemberInput extends Keyed {
  /** `mer_…`: named too, because a member who has left can no longer tell. */
  merchantId: string;
  /** `stf_…` */
  staffMemberId: string;
}

export type RemoveStaffMemberResult = { merchantId: string; staffMemberId: string };

/**
 * Ends a membership and deletes the member's personal data. For owners.
 * @throws MerchantUnknown, UnknownStaffMember, LastOwner, IdempotencyKeyReused, RoleNotAllowed
 */
export async function removeStaffMember(
  tools: CommandTools,
  caller: Actor,
  { idempotencyKey, merchantId, staffMemberId }: RemoveStaffMemberInput,
): Promise<Answered<RemoveStaffMemberResult>> {
  return commandMerchant(tools, caller, {
    name: 'removeStaffMember',
    rights: { roles: ['owner'] },
    idempotencyKey,
    input: { merchantId, staffMemberId },
    findMerchant: () => readMerchantId(merchantId),
    work: async (transaction) => {
      const member = await readStaffMember(transaction, merchantId, staffMemberId);
      if (member === undefined) throw new UnknownStaffMember();
      requireOwnerRemains(member, undefined, await countStaff(transaction, merchantId, 'owner'));
      await deleteStaffMember(transaction, staffMemberId);
      await announceAccess(transaction, merchantId, 'STAFF_MEMBER_REMOVED', member);
      return { merchantId, staffMemberId };
    },
  });
}
