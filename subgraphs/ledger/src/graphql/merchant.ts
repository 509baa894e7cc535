import { parseId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import type { LimitTerms } from '../domain/limit-rule.ts';
import { maySeeBooksOf } from '../domain/visibility.ts';
import { readLiability } from '../queries/liability.ts';
import { readTrialBalance } from '../queries/trial-balance.ts';
import { listLimitsOfMerchant } from '../store/limit-rows.ts';
import { builder } from './builder.ts';
import { liabilityRow } from './liability.ts';
import { limit } from './limit.ts';
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
    limits: t.field({
      type: [limit],
      nullable: true,
      description:
        'The limits that are in force for the merchant, its own and those of everybody; null for everybody but its owners, managers and platform operators.',
      resolve: async ({ id }, _arguments, { services, caller }) => {
        const merchantId = parseId(id, 'mer');
        if (merchantId === undefined || !maySeeBooksOf(caller, merchantId)) return null;
        const limits = await listLimitsOfMerchant(services.pool, merchantId);
        return limits.map(({ limit: terms, use }) => ({ ...terms, use: maySeeUse(caller, terms) ? use : undefined }));
      },
    }),
  }),
});

/** What wallets have used is theirs to show; what a country has used together would tell a merchant about its neighbours. */
function maySeeUse(caller: Caller, { countedPer }: LimitTerms): boolean {
  if (countedPer === 'COUNTRY') return caller.kind === 'person' && caller.isPlatformOperator;
  return countedPer === 'MERCHANT';
}
