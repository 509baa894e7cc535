import { parseId } from '@localplus/identifiers';
import { maySeeBooksOf } from '../domain/visibility.ts';
import { readLiability } from '../queries/liability.ts';
import { readTrialBalance } from '../queries/trial-balance.ts';
import { builder } from './builder.ts';
import { liabilityRow } from './liability.ts';
import { trialBalance } from './trial-balance.ts';

/** A merchant, by its id in TypeID form. */
export const merchantReference = builder.objectRef<{ id: string }>('Merchant');

builder.asEntity(merchantReference, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: ({ id }) => ({ id }),
});

merchantReference.implement({
  description: 'A local merchant.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Identifier, `mer_…`.' }),
    trialBalance: t.field({
      type: trialBalance,
      nullable: true,
      description:
        "The merchant's accounts, added up now; null for everybody but its owners, managers and platform operators.",
      resolve: async ({ id }, _arguments, { services, caller }) => {
        const merchantId = parseId(id, 'mer');
        if (merchantId === undefined || !maySeeBooksOf(caller, merchantId)) return null;
        return { rows: await readTrialBalance(services.pool, merchantId) };
      },
    }),
    liability: t.field({
      type: [liabilityRow],
      nullable: true,
      description:
        'What the merchant owes to its holders now, by asset and VAT; null for everybody but its owners, managers and platform operators.',
      resolve: async ({ id }, _arguments, { services, caller }) => {
        const merchantId = parseId(id, 'mer');
        if (merchantId === undefined || !maySeeBooksOf(caller, merchantId)) return null;
        return readLiability(services.pool, merchantId);
      },
    }),
  }),
});
