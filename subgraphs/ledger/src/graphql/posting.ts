import { asset } from './balance.ts';
import { builder } from './builder.ts';

export const posting = builder.prismaObject('Posting', {
  description: 'Moves an amount of one asset from one account to another. Never changed afterwards.',
  fields: (t) => ({
    position: t.exposeInt('position', { description: 'Its place in the transaction: 1, 2, 3, …' }),
    amount: t.expose('amount', {
      type: 'BigInt',
      description: "How much moves, in the asset's smallest unit; always above zero.",
    }),
    asset: t.field({
      type: asset,
      description: 'What moves.',
      select: { asset: true },
      resolve: (row) => row.asset,
    }),
    debitAccount: t.relation('debitAccount', { description: 'The account that is debited.' }),
    creditAccount: t.relation('creditAccount', { description: 'The account that is credited.' }),
  }),
});
