import type { TrialBalanceRow } from '../queries/trial-balance.ts';
import { asset } from './balance.ts';
import { builder } from './builder.ts';
import { accountKindOf, accountKindType, side } from './ledger-account.ts';

const row = builder.objectRef<TrialBalanceRow>('TrialBalanceRow').implement({
  description: 'All accounts of one kind and asset, added up.',
  fields: (t) => ({
    kind: t.field({
      type: accountKindType,
      description: 'What the accounts count.',
      resolve: ({ kind }) => accountKindOf(kind),
    }),
    normalSide: t.expose('normalSide', { type: side, description: 'The side on which their balance grows.' }),
    asset: t.expose('asset', { type: asset, description: 'What they count in.' }),
    accountCount: t.exposeInt('accountCount', { description: 'How many accounts there are.' }),
    debits: t.expose('debits', {
      type: 'BigInt',
      description: "Everything ever debited, in the asset's smallest unit.",
    }),
    credits: t.expose('credits', {
      type: 'BigInt',
      description: "Everything ever credited, in the asset's smallest unit.",
    }),
    balance: t.expose('balance', { type: 'BigInt', description: 'Their balance, on the normal side.' }),
  }),
});

export const trialBalance = builder.objectRef<{ rows: TrialBalanceRow[] }>('TrialBalance').implement({
  description: "A merchant's books at one instant.",
  fields: (t) => ({
    rows: t.expose('rows', { type: [row], description: 'One for each kind of account and asset.' }),
    isBalanced: t.boolean({
      description: 'Whether debits equal credits for each asset. Anything else is a fault of the platform.',
      resolve: ({ rows }) => isBalanced(rows),
    }),
  }),
});

function isBalanced(rows: TrialBalanceRow[]): boolean {
  const differences = new Map<string, bigint>();
  for (const {
    asset: { code },
    debits,
    credits,
  } of rows) {
    differences.set(code, (differences.get(code) ?? 0n) + debits - credits);
  }
  return [...differences.values()].every((difference) => difference === 0n);
}
