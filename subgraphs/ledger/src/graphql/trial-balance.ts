import type { Asset } from '../domain/balance.ts';
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

interface Total {
  asset: Asset;
  debits: bigint;
  credits: bigint;
}

const total = builder.objectRef<Total>('TrialBalanceTotal').implement({
  description: "All accounts of one asset, added up, in the asset's smallest unit.",
  fields: (t) => ({
    asset: t.expose('asset', { type: asset, description: 'What they count in.' }),
    debits: t.expose('debits', { type: 'BigInt', description: 'Everything ever debited.' }),
    credits: t.expose('credits', { type: 'BigInt', description: 'Everything ever credited; the same as debits.' }),
  }),
});

export const trialBalance = builder.objectRef<{ rows: TrialBalanceRow[] }>('TrialBalance').implement({
  description: "A merchant's books at one instant.",
  fields: (t) => ({
    rows: t.expose('rows', { type: [row], description: 'One for each kind of account and asset.' }),
    totals: t.field({
      type: [total],
      description: 'One for each asset.',
      resolve: ({ rows }) => totalsOf(rows),
    }),
    isBalanced: t.boolean({
      description: 'Whether debits equal credits for each asset. Anything else is a fault of the platform.',
      resolve: ({ rows }) => totalsOf(rows).every(({ debits, credits }) => debits === credits),
    }),
  }),
});

function totalsOf(rows: readonly TrialBalanceRow[]): Total[] {
  const totals = new Map<string, Total>();
  for (const { asset, debits, credits } of rows) {
    const before = totals.get(asset.code) ?? { asset, debits: 0n, credits: 0n };
    totals.set(asset.code, { asset, debits: before.debits + debits, credits: before.credits + credits });
  }
  return [...totals.values()];
}
