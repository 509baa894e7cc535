import { parseId } from '@localplus/identifiers';
import { maySeeBooksOf } from '../domain/visibility.ts';
import { type LiabilityTotal, readLiabilityTotals } from '../queries/liability.ts';
import { asset } from './balance.ts';
import { builder } from './builder.ts';
import { merchantReference } from './merchant.ts';

const outstandingOf = ({ pending, available, held }: LiabilityTotal) => pending + available + held;

const liabilityTotal = builder.objectRef<LiabilityTotal>('LiabilityTotal').implement({
  description: "What a merchant owes in one asset, however VAT treats it, in the asset's smallest unit.",
  fields: (t) => ({
    asset: t.expose('asset', { type: asset, description: 'What is owed.' }),
    pending: t.expose('pending', { type: 'BigInt', description: 'Earned and not yet spendable.' }),
    available: t.expose('available', { type: 'BigInt', description: 'What can be spent.' }),
    held: t.expose('held', { type: 'BigInt', description: 'Reserved by holds.' }),
    outstanding: t.field({
      type: 'BigInt',
      description: 'All of it: pending + available + held.',
      resolve: outstandingOf,
    }),
    isOfLedger: t.boolean({
      description: 'Whether the accounts say the same. Anything else is a fault of the platform.',
      resolve: (total) => outstandingOf(total) === total.ofAccounts,
    }),
  }),
});

builder.objectFields(merchantReference, (t) => ({
  liabilityTotals: t.field({
    type: [liabilityTotal],
    nullable: true,
    description:
      'What the merchant owes to its holders now, by asset; null for everybody but its owners, managers and platform operators.',
    resolve: async ({ id }, _arguments, { services, caller }) => {
      const merchantId = parseId(id, 'mer');
      if (merchantId === undefined || !maySeeBooksOf(caller, merchantId)) return null;
      return readLiabilityTotals(services.pool, merchantId);
    },
  }),
}));
