import { type Asset, availableOf, type Balance } from '../domain/balance.ts';
import { builder } from './builder.ts';

const asset = builder.objectRef<Asset>('Asset').implement({
  shareable: true,
  description: 'An amount unit. Amounts are integers of its smallest unit.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: "For instance `EUR`, or `PTS.` and the characters of the program's identifier.",
    }),
    scale: t.exposeInt('scale', { description: 'Decimal digits of the smallest unit: 2 for EUR, 0 for points.' }),
  }),
});

export const balance = builder.objectRef<Balance>('Balance').implement({
  shareable: true,
  description: "What a holder has of one asset, in the asset's smallest unit.",
  fields: (t) => ({
    asset: t.expose('asset', { type: asset, description: 'What is counted.' }),
    posted: t.expose('posted', { type: 'BigInt', description: 'Final movements.' }),
    pending: t.expose('pending', { type: 'BigInt', description: 'Earned and not yet spendable.' }),
    held: t.expose('held', { type: 'BigInt', description: 'Reserved by holds.' }),
    available: t.field({
      type: 'BigInt',
      description: 'What can be spent: posted - pending - held.',
      resolve: availableOf,
    }),
  }),
});
