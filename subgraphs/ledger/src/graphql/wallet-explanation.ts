import { fromUuid } from '@localplus/identifiers';
import type { Explanation, HoldShare, LotShare, Movement } from '../domain/explanation.ts';
import { maySeeHolder } from '../domain/visibility.ts';
import { balance } from './balance.ts';
import { builder } from './builder.ts';
import { transactionKind } from './ledger-transaction.ts';
import { walletReference } from './wallet.ts';

const lotShare = builder.objectRef<LotShare>('LedgerLotShare').implement({
  description: "What of a balance a lot has, in the asset's smallest unit.",
  fields: (t) => ({
    lotId: t.id({ description: 'The lot, `lot_…`.', resolve: ({ id }) => fromUuid('lot', id) }),
    earnedAt: t.expose('earnedAt', { type: 'DateTime', description: 'When it was earned.' }),
    activatesAt: t.expose('activatesAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it can be spent from; null means at once.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The first instant at which it cannot be spent any more; null means without end, or by inactivity.',
    }),
    inactivityDays: t.exposeInt('inactivityDays', {
      nullable: true,
      description: 'Days of inactivity after which it expires; null where activity does not count.',
    }),
    programVersion: t.exposeInt('programVersion', {
      description: "The version of the program's terms that granted it.",
    }),
    pending: t.expose('pending', { type: 'BigInt', description: 'What cannot be spent yet.' }),
    available: t.expose('available', { type: 'BigInt', description: 'What can be spent.' }),
    held: t.expose('held', { type: 'BigInt', description: 'What holds have reserved.' }),
  }),
});

const otherLots = builder.objectRef<Explanation['otherLots']>('LedgerOtherLots').implement({
  description: 'Lots that are not listed, added up.',
  fields: (t) => ({
    count: t.expose('count', { type: 'BigInt', description: 'How many there are.' }),
    pending: t.expose('pending', { type: 'BigInt', description: 'What of them cannot be spent yet.' }),
    available: t.expose('available', { type: 'BigInt', description: 'What of them can be spent.' }),
    held: t.expose('held', { type: 'BigInt', description: 'What of them holds have reserved.' }),
  }),
});

const holdShare = builder.objectRef<HoldShare>('LedgerHoldShare').implement({
  description: 'What of a balance a hold has reserved.',
  fields: (t) => ({
    holdId: t.id({ description: 'The hold, `hol_…`.', resolve: ({ id }) => fromUuid('hol', id) }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends by itself.' }),
    held: t.expose('held', { type: 'BigInt', description: "How much, in the asset's smallest unit." }),
  }),
});

const otherHolds = builder.objectRef<Explanation['otherHolds']>('LedgerOtherHolds').implement({
  description: 'Holds that are not listed, added up.',
  fields: (t) => ({
    count: t.expose('count', { type: 'BigInt', description: 'How many there are.' }),
    held: t.expose('held', { type: 'BigInt', description: 'How much they have reserved.' }),
  }),
});

const carriedForward = builder.objectRef<Movement>('LedgerCarriedForward').implement({
  description: 'The balance before the newest transactions.',
  fields: (t) => ({
    transactionCount: t.expose('transactionCount', {
      type: 'BigInt',
      description: 'How many transactions led to it, of whatever asset.',
    }),
    posted: t.expose('posted', { type: 'BigInt', description: 'Final movements until then.' }),
    pending: t.expose('pending', { type: 'BigInt', description: 'What could not be spent yet.' }),
    held: t.expose('held', { type: 'BigInt', description: 'What holds had reserved.' }),
  }),
});

const movement = builder.objectRef<Explanation['movements'][number]>('LedgerMovement').implement({
  description: 'What transactions of one kind did to a balance, added up; below zero where they took.',
  fields: (t) => ({
    kind: t.expose('kind', { type: transactionKind, description: 'What they record.' }),
    transactionCount: t.expose('transactionCount', { type: 'BigInt', description: 'How many there are.' }),
    posted: t.expose('posted', { type: 'BigInt', description: 'How the final movements changed.' }),
    pending: t.expose('pending', { type: 'BigInt', description: 'How what cannot be spent yet changed.' }),
    held: t.expose('held', { type: 'BigInt', description: 'How what is reserved changed.' }),
  }),
});

const explanation = builder.objectRef<Explanation>('LedgerBalanceExplanation').implement({
  description:
    'What makes a balance, of one instant, in two ways that both add up to it. Where it is: pending and held are the sums of the lots, held also that of the holds, available is the sum of the lots less what is owed. How it came: posted, pending and held are what was carried forward and the movements.',
  fields: (t) => ({
    version: t.expose('version', {
      type: 'BigInt',
      description: 'The version of the wallet that it explains: its transactions up to this one.',
    }),
    balance: t.expose('balance', { type: balance, description: 'The balance that is explained.' }),
    owed: t.expose('owed', {
      type: 'BigInt',
      description: 'What was taken back after it was spent: whatever becomes available next pays it.',
    }),
    lots: t.expose('lots', { type: [lotShare], description: 'The open lots, at most 100, those that end first.' }),
    otherLots: t.expose('otherLots', { type: otherLots, description: 'The open lots that are not listed.' }),
    holds: t.expose('holds', { type: [holdShare], description: 'The open holds, at most 100, those that end first.' }),
    otherHolds: t.expose('otherHolds', { type: otherHolds, description: 'The open holds that are not listed.' }),
    carriedForward: t.expose('carriedForward', {
      type: carriedForward,
      description: 'The balance before the newest 1,000 transactions; nothing where there are no more than those.',
    }),
    movements: t.expose('movements', {
      type: [movement],
      description:
        'What the newest 1,000 transactions did to the balance, by their kind. `Wallet.transactions` lists them one by one.',
    }),
  }),
});

builder.objectField(walletReference, 'explain', (t) =>
  t.field({
    type: [explanation],
    nullable: true,
    description: 'What makes each of the balances; null for those who may not see the wallet.',
    resolve: async ({ holderId }, _arguments, { caller, loaders }) => {
      const holder = await loaders.holder(holderId);
      return holder && maySeeHolder(caller, holder) ? loaders.explanations(holderId) : null;
    },
  }),
);
