import { toUuid } from '@localplus/identifiers';
import { isReplayDescription } from '@localplus/subgraph-server';
import type { Answered } from '../../commands/answer-once.ts';
import { builder } from '../builder.ts';

/** What commands on staff answer. */
interface StaffAnswer extends Answered<{ merchantId: string; staffMemberId: string }> {}

/** Defines the success of a command that leaves a staff member behind. */
export function staffSuccess(name: string, description: string) {
  return builder.objectRef<StaffAnswer>(name).implement({
    description,
    fields: (t) => ({
      staffMember: t.prismaField({
        type: 'StaffMember',
        nullable: true,
        description: 'The staff member, as they are now; null once they have left.',
        resolve: (query, { staffMemberId }, _arguments, { services }) =>
          services.prisma.staffMember.findUnique({ ...query, where: { id: toUuid(staffMemberId, 'stf') } }),
      }),
      isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
    }),
  });
}

/** What the input `storeIds` of staff is. */
export const storeIdsDescription =
  'The stores that they work in, `sto_…`, at most 200; left out for all stores, also those that open later. Owners work in all.';
