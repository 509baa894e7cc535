import { fromUuid } from '@localplus/identifiers';
import { previewedCommandsMax, previewMany } from '../commands/many-commands.ts';
import type { Previewed } from '../commands/preview-commands.ts';
import type { LimitLeft, LotMovement, PreviewedPosting, PreviewedTransaction } from '../domain/preview.ts';
import type { CommandRefusal } from '../domain/refusals.ts';
import { asset, balance } from './balance.ts';
import { builder } from './builder.ts';
import { commandInput, readItem } from './command.ts';
import { asRequestFailure } from './failures.ts';
import { accountKindType } from './ledger-account.ts';
import { transactionKind } from './ledger-transaction.ts';
import { limitPeriod, limitSubject } from './limit-enums.ts';
import { vatType } from './lot.ts';
import { commandRefusals, invalidCommandCount } from './refusals.ts';

const lotId = (id: string | undefined) => (id === undefined ? null : fromUuid('lot', id));

const posting = builder.objectRef<PreviewedPosting>('LedgerPreviewPosting').implement({
  description: 'A posting that would be made: an amount of one asset that would go from one account to another.',
  fields: (t) => ({
    debitAccountKind: t.expose('debitKind', {
      type: accountKindType,
      description: 'The account that would be debited.',
    }),
    creditAccountKind: t.expose('creditKind', {
      type: accountKindType,
      description: 'The account that would be credited.',
    }),
    asset: t.expose('asset', { type: asset, description: 'What would move.' }),
    amount: t.expose('amount', { type: 'BigInt', description: "How much, in the asset's smallest unit; above zero." }),
    debitLotId: t.id({
      nullable: true,
      description: 'The lot that it would be taken from, `lot_…`; null where that is none, or a new one.',
      resolve: ({ debitLotId }) => lotId(debitLotId),
    }),
    creditLotId: t.id({
      nullable: true,
      description: 'The lot that it would be given to, `lot_…`; null where that is none, or a new one.',
      resolve: ({ creditLotId }) => lotId(creditLotId),
    }),
  }),
});

const transaction = builder.objectRef<PreviewedTransaction>('LedgerPreviewTransaction').implement({
  description: 'A transaction that would be posted.',
  fields: (t) => ({
    kind: t.expose('kind', { type: transactionKind, description: 'What it would record.' }),
    postings: t.field({
      type: [posting],
      description: 'The movements that it would be made of, in order.',
      resolve: ({ postings }) => postings,
    }),
    balancesAfter: t.field({
      type: [balance],
      description: "All the wallet's balances right after it.",
      resolve: ({ balances }) => balances,
    }),
  }),
});

const lotMovement = builder.objectRef<LotMovement>('LedgerPreviewLot').implement({
  description:
    "A lot that would be used or made, and how much more (above zero) or less (below) of it there would be, in the asset's smallest unit.",
  fields: (t) => ({
    lotId: t.id({
      nullable: true,
      description: 'The lot, `lot_…`; null for one that would be made.',
      resolve: ({ lot, isNew }) => (isNew ? null : fromUuid('lot', lot.id)),
    }),
    vatType: t.field({ type: vatType, description: 'How VAT treats it.', resolve: ({ lot }) => lot.vatType }),
    earnedAt: t.field({ type: 'DateTime', description: 'When it was earned.', resolve: ({ lot }) => lot.earnedAt }),
    activatesAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it can be spent from; null means at once.',
      resolve: ({ lot }) => lot.activatesAt ?? null,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The first instant at which it cannot be spent any more; null means without end, or by inactivity.',
      resolve: ({ lot }) => lot.expiresAt ?? null,
    }),
    inactivityDays: t.int({
      nullable: true,
      description: 'Days of inactivity after which it expires; null where activity does not count.',
      resolve: ({ lot }) => lot.inactivityDays ?? null,
    }),
    pending: t.expose('pending', { type: 'BigInt', description: 'Change of what cannot be spent yet.' }),
    available: t.expose('available', { type: 'BigInt', description: 'Change of what can be spent.' }),
    held: t.expose('held', { type: 'BigInt', description: 'Change of what holds have reserved.' }),
  }),
});

const limitLeft = builder.objectRef<LimitLeft>('LedgerPreviewLimit').implement({
  description: 'What a limit that the command must keep would leave for the rest of its period, after all commands.',
  fields: (t) => ({
    limitId: t.id({ description: 'Identifier, `lim_…`.', resolve: ({ ruleId }) => fromUuid('lim', ruleId) }),
    countedPer: t.expose('countedPer', { type: limitSubject, description: 'What it counts together.' }),
    period: t.expose('period', { type: limitPeriod, description: 'How long it counts.' }),
    amountLeft: t.expose('amountLeft', {
      type: 'BigInt',
      nullable: true,
      description: "What may still move, in the asset's smallest unit; null where amounts are not limited.",
    }),
    countLeft: t.expose('countLeft', {
      type: 'BigInt',
      nullable: true,
      description: 'How many times something may still move; null where the number is not limited.',
    }),
  }),
});

const preview = builder.objectRef<Previewed>('LedgerPreview').implement({
  description: 'What a command would do if it were sent now.',
  fields: (t) => ({
    isReplay: t.exposeBoolean('isReplay', {
      description: 'Whether an earlier command with this key did it: then it would do nothing now.',
    }),
    transactions: t.field({
      type: [transaction],
      description: 'What it would post, in order.',
      resolve: ({ transactions }) => transactions,
    }),
    lots: t.field({
      type: [lotMovement],
      description: 'The lots that it would use or make, in the order in which they would be used.',
      resolve: ({ lots }) => lots,
    }),
    limits: t.field({
      type: [limitLeft],
      description: 'The limits that it must keep.',
      resolve: ({ limits }) => limits,
    }),
    balances: t.field({
      type: [balance],
      description: "All the wallet's balances after it; for a replay those that it was answered first.",
      resolve: ({ balances }) => balances,
    }),
  }),
});

const previewResult = builder.unionType('LedgerPreviewResult', {
  description: 'What would become of one command: what it would do, or why it would be refused.',
  types: [preview, ...commandRefusals],
  resolveType: (value) => ('code' in value ? value.code : 'LedgerPreview'),
});

const previews = builder.objectRef<{ results: (Previewed | CommandRefusal)[] }>('PreviewCommandsSuccess').implement({
  description: 'What would become of commands if they were sent now.',
  fields: (t) => ({
    results: t.field({
      type: [previewResult],
      description: 'One for each command, in their order. An atomic group would be carried out if none is refused.',
      resolve: ({ results }) => results,
    }),
  }),
});

const result = builder.unionType('PreviewCommandsResult', {
  description: 'What would become of commands that come together.',
  types: [previews, invalidCommandCount],
  resolveType: (value) => ('code' in value ? value.code : 'PreviewCommandsSuccess'),
});

builder.queryField('previewCommands', (t) =>
  t.field({
    type: result,
    nullable: true,
    description:
      'A dry run: says what commands would do now, each after those before it: postings, lots, what limits leave, balances. Nothing is written, no key is used, nobody is told; by the time they are sent things may have changed. For whoever may give at least one of the commands somewhere; rights are decided for each.',
    authScopes: { $any: { earning: true, burning: true, reversing: true } },
    args: {
      commands: t.arg({
        type: [commandInput],
        required: true,
        description: `The commands, 1 to ${previewedCommandsMax}, as they would be sent.`,
      }),
    },
    resolve: async (_root, { commands }, { services, caller }) => {
      const items = commands.map(readItem);
      const results = await asRequestFailure(services.logger, previewMany(services.commands, items, caller));
      return 'code' in results ? results : { results };
    },
  }),
);
