import { parseId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { isOperator, mayInspect } from '../domain/rights.ts';
import type { Prisma } from '../store/prisma.ts';

/** What somebody may see of merchants, as conditions on rows. Public is what a merchant shows to whoever is signed in. */
export interface Visibility {
  merchants: Prisma.MerchantWhereInput;
  stores: Prisma.StoreWhereInput;
  programs: Prisma.LoyaltyProgramWhereInput;
  staff: Prisma.StaffMemberWhereInput;
  partners: Prisma.PartnerWhereInput;
}

/** Says what the caller may see: of a draft nothing but as its staff, of staff and partners only who runs the merchant. */
export function visibilityOf(caller: Caller): Visibility {
  if (isOperator(caller)) return { merchants: {}, stores: {}, programs: {}, staff: {}, partners: {} };
  const memberships = caller.kind === 'person' ? caller.memberships.map(({ merchantId }) => merchantId) : [];
  const inspected = { in: uuids(memberships.filter((merchantId) => mayInspect(caller, merchantId))) };
  const merchants = { OR: [{ status: { not: 'DRAFT' } }, { id: { in: uuids(memberships) } }] } as const;
  const self = caller.kind === 'person' ? [{ login: caller.subject }] : [];
  return {
    merchants: { OR: [...merchants.OR] },
    stores: { merchant: { OR: [...merchants.OR] } },
    programs: { merchant: { OR: [...merchants.OR] } },
    staff: { OR: [...self, { merchantId: inspected }] },
    partners: { merchantId: inspected },
  };
}

function uuids(merchantIds: readonly string[]): string[] {
  return merchantIds.flatMap((id) => parseId(id, 'mer') ?? []);
}
