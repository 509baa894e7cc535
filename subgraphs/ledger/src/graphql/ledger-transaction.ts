import { fromUuid, parseId } from '@localplus/identifiers';
import { queryFromInfo } from '@pothos/plugin-prisma';
import { pointsMoved, type TransactionKind, transactionKinds } from '../domain/balance-change.ts';
import { maySeeHolder } from '../domain/visibility.ts';
import { balance } from './balance.ts';
import { builder } from './builder.ts';
import './hold.ts';
import { merchantReference } from './merchant.ts';
import { loyaltyProgram, store } from './neighbours.ts';
import { walletReference } from './wallet.ts';

export const transactionKind = builder.enumType('LedgerTransactionKind', {
  description: 'What a transaction records.',
  values: {
    EARN: { description: 'A purchase earned points.' },
    BURN: { description: 'Points were spent.' },
    HOLD: { description: 'Value was reserved.' },
    CAPTURE: { description: 'Reserved value was spent.' },
    RELEASE: { description: 'Reserved value was given back.' },
    HOLD_EXPIRY: { description: 'A reservation ended by itself.' },
    ACTIVATION: { description: 'Pending points became active.' },
    EXPIRY: { description: 'Value expired unused.' },
    REFUND: { description: 'Value that was spent was given back.' },
    RETURN: { description: 'A purchase was returned, in part or whole: what it earned was taken back.' },
    REVERSAL: { description: 'An earlier transaction was undone.' },
    TRANSFER: { description: 'Value went from one holder to another.' },
    SALE: { description: 'A card was sold.' },
    GRANT: { description: 'Value was given.' },
  } satisfies Record<TransactionKind, { description: string }>,
});

/** Reads a kind as the database stores it. A constraint holds the kinds to these. */
export function kindOf(kind: string): TransactionKind {
  const known = transactionKinds.find((each) => each === kind);
  if (known !== undefined) return known;
  throw new Error(`the transaction kind ${kind} is missing from the graph`);
}

const purchase = builder.objectRef<{ amountMinor: bigint; currency: string }>('LedgerPurchase').implement({
  description: 'A purchase that earned points.',
  fields: (t) => ({
    amountMinor: t.expose('amountMinor', { type: 'BigInt', description: 'Amount in minor units of the currency.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code.' }),
  }),
});

export const ledgerTransaction = builder.prismaObject('Transaction', {
  name: 'LedgerTransaction',
  description: 'An atomic, balanced set of postings. Never changed; what was wrong is reversed by another one.',
  select: { id: true, holderId: true, merchantId: true },
  fields: (t) => ({
    id: t.id({ description: 'Identifier, `trx_…`.', resolve: ({ id }) => fromUuid('trx', id) }),
    kind: t.field({
      type: transactionKind,
      description: 'What it records.',
      select: { kind: true },
      resolve: ({ kind }) => kindOf(kind),
    }),
    wallet: t.field({
      type: walletReference,
      nullable: true,
      description: 'The wallet whose balances it changed; null for partners that may not read wallets.',
      select: { holder: true },
      resolve: ({ holder }, _arguments, { caller }) =>
        maySeeHolder(caller, holder) ? { id: fromUuid('wal', holder.id), holderId: holder.id } : null,
    }),
    merchant: t.field({
      type: merchantReference,
      nullable: true,
      description: 'The merchant in whose books it stands.',
      resolve: ({ merchantId }) => ({ id: fromUuid('mer', merchantId) }),
    }),
    store: t.field({
      type: store,
      nullable: true,
      description: 'Where it took place; null where no store was named.',
      select: { storeId: true },
      resolve: ({ storeId }) => (storeId ? { id: fromUuid('sto', storeId) } : null),
    }),
    program: t.field({
      type: loyaltyProgram,
      nullable: true,
      description: 'The program that it was made under.',
      select: { programId: true },
      resolve: ({ programId }) => ({ id: fromUuid('prg', programId) }),
    }),
    programVersion: t.exposeInt('programVersion', {
      description: "The version of the program's terms that was in force.",
    }),
    reference: t.exposeString('reference', {
      nullable: true,
      description: "The caller's own reference, for instance a receipt's number. No personal data.",
    }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why it refunds, returns or undoes. No personal data.',
    }),
    purchase: t.field({
      type: purchase,
      nullable: true,
      description: 'The purchase that earned; null for every other kind.',
      select: { purchaseAmountMinor: true, purchaseCurrency: true },
      resolve: ({ purchaseAmountMinor, purchaseCurrency }) =>
        purchaseAmountMinor !== null && purchaseCurrency !== null
          ? { amountMinor: purchaseAmountMinor, currency: purchaseCurrency }
          : null,
    }),
    points: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'How the points of the wallet changed: above zero when it got some, below when it gave some.',
      select: { holderVersion: true },
      resolve: async ({ holderId, holderVersion: version }, _arguments, { loaders }) =>
        pointsMoved((await loaders.change({ holderId, version }))?.deltas ?? []),
    }),
    balancesAfter: t.field({
      type: [balance],
      nullable: true,
      description: "All the wallet's balances right after it.",
      select: { holderVersion: true },
      resolve: async ({ holderId, holderVersion: version }, _arguments, { loaders }) =>
        (await loaders.change({ holderId, version }))?.balances ?? null,
    }),
    version: t.expose('holderVersion', { type: 'BigInt', description: "The wallet's version after it." }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it counts.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When the ledger learned it.' }),
    postings: t.relation('postings', {
      description: 'The movements that it is made of.',
      query: { orderBy: { position: 'asc' } },
    }),
  }),
});

builder.prismaObjectFields(ledgerTransaction, (t) => ({
  hold: t.relation('hold', {
    nullable: true,
    description: 'The hold that it places, captures, releases or ends.',
  }),
  related: t.relation('related', {
    nullable: true,
    description: 'The transaction that it is about: what it refunds, returns or undoes.',
  }),
  uncollected: t.expose('uncollected', {
    type: 'BigInt',
    nullable: true,
    description: 'Points of a returned purchase that could not be taken back: they were spent, and may not be owed.',
  }),
  reverses: t.field({
    type: ledgerTransaction,
    nullable: true,
    description: 'The transaction that it undoes; null for every other kind.',
    select: (_arguments, _context, nestedSelection) => ({ kind: true, related: nestedSelection(true) }),
    resolve: ({ kind, related }) => (kind === 'REVERSAL' ? related : null),
  }),
  reversedBy: t.field({
    type: ledgerTransaction,
    nullable: true,
    description: 'The transaction that undid it.',
    select: (_arguments, _context, nestedSelection) => ({
      later: nestedSelection({ where: { kind: 'REVERSAL' }, take: 1 }),
    }),
    resolve: ({ later }) => later[0] ?? null,
  }),
}));

builder.asEntity(ledgerTransaction, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: async ({ id }, context, info) => {
    const transactionId = parseId(id, 'trx');
    if (transactionId === undefined) return null;
    const query = queryFromInfo({ context, info, typeName: 'LedgerTransaction' });
    const [found, owned] = await Promise.all([
      context.services.prisma.transaction.findUnique({ ...query, where: { id: transactionId } }),
      context.services.prisma.transaction.findUnique({ where: { id: transactionId }, select: { holder: true } }),
    ]);
    return found && owned && maySeeHolder(context.caller, owned.holder) ? found : null;
  },
});

builder.queryField('ledgerTransaction', (t) =>
  t.prismaField({
    type: 'Transaction',
    nullable: true,
    description: 'A transaction of a wallet that the caller may see; null for every other.',
    args: { id: t.arg.id({ required: true, description: 'Identifier, `trx_…`.' }) },
    resolve: async (query, _root, { id }, { services, caller }) => {
      const transactionId = parseId(id, 'trx');
      if (transactionId === undefined) return null;
      const owned = await services.prisma.transaction.findUnique({
        where: { id: transactionId },
        select: { holder: true },
      });
      if (!owned || !maySeeHolder(caller, owned.holder)) return null;
      return services.prisma.transaction.findUnique({ ...query, where: { id: transactionId } });
    },
  }),
);
