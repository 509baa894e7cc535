import { newId } from '@localplus/identifiers';
import { InputRules } from '../domain/input-rules.ts';
import { LimitReached, StaffMemberExists } from '../domain/refusals.ts';
import type { Actor } from '../domain/rights.ts';
import { type Login, type Role, readDisplayName, readLogin, readWorkplace, staffMax } from '../domain/staff.ts';
import { announceAccess } from '../store/announcements.ts';
import { countStaff, insertStaffMember, isStaff } from '../store/staff.ts';
import type { Answered } from './answer-once.ts';
import { type CommandTools, commandMerchant, type Keyed } from './command.ts';
import { readMerchantId } from './merchant-id.ts';
import { requireStores } from './workplace.ts';

export interface AddStaffMemberInput extends Keyed {
  /** `mer_…` */
  merchantId: string;
  login: Login;
  displayName: string;
  role: Role;
  /** `sto_…`; undefined means all stores. */
  storeIds: readonly string[] | undefined;
}

/** `stf_…` */
export type AddStaffMemberResult = { merchantId: string; staffMemberId: string };

/**
 * Makes a login staff of a merchant. For owners.
 * @throws InvalidInput, MerchantUnknown, StaffMemberExists, UnknownStore, LimitReached, IdempotencyKeyReused, RoleNotAllowed
 */
export async function addStaffMember(
  tools: CommandTools,
  caller: Actor,
  input: AddStaffMemberInput,
): Promise<Answered<AddStaffMemberResult>> {
  const rules = new InputRules();
  const { merchantId, role } = input;
  const login = readLogin(rules, 'login', input.login);
  const displayName = readDisplayName(rules, 'displayName', input.displayName);
  const workplace = readWorkplace(rules, role, input.storeIds);
  rules.check();

  return commandMerchant(tools, caller, {
    name: 'addStaffMember',
    rights: { roles: ['owner'] },
    idempotencyKey: input.idempotencyKey,
    input: { merchantId, login, displayName, role, workplace },
    findMerchant: () => readMerchantId(merchantId),
    work: async (transaction) => {
      if (await isStaff(transaction, merchantId, login)) throw new StaffMemberExists();
      await requireStores(transaction, merchantId, workplace);
      if ((await countStaff(transaction, merchantId)) >= staffMax) throw new LimitReached('staff members', staffMax);
      const staffMemberId = newId('stf');
      await insertStaffMember(transaction, merchantId, { id: staffMemberId, ...login, displayName, role, workplace });
      await announceAccess(transaction, merchantId, 'STAFF_MEMBER_ADDED', login);
      return { merchantId, staffMemberId };
    },
  });
}
