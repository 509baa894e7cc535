import type { LiabilityRow } from '../queries/liability.ts';
import { asset } from './balance.ts';
import { builder } from './builder.ts';
import { vatType } from './lot.ts';

export const liabilityRow = builder.objectRef<LiabilityRow>('LiabilityRow').implement({
  description: "What a merchant owes in one asset, by how VAT treats it, in the asset's smallest unit.",
  fields: (t) => ({
    asset: t.expose('asset', { type: asset, description: 'What is owed.' }),
    vatType: t.expose('vatType', { type: vatType, description: 'How VAT treats it.' }),
    openLotCount: t.expose('openLotCount', { type: 'BigInt', description: 'Lots with value left.' }),
    pending: t.expose('pending', { type: 'BigInt', description: 'Earned and not yet spendable.' }),
    available: t.expose('available', { type: 'BigInt', description: 'What can be spent.' }),
    held: t.expose('held', { type: 'BigInt', description: 'Reserved by holds.' }),
    outstanding: t.field({
      type: 'BigInt',
      description: 'All of it: pending + available + held.',
      resolve: ({ pending, available, held }) => pending + available + held,
    }),
  }),
});
