import { fromUuid, parseId } from '@localplus/identifiers';
import { firstDescription, type PageSizes, pageSize } from '@localplus/subgraph-server';
import { queryFromInfo } from '@pothos/plugin-prisma';
import { snapshotOf } from '../domain/balance-change.ts';
import { changesPageMax } from '../domain/ledger.ts';
import { maySeeWallet } from '../domain/viewer.ts';
import { listChangesAfter } from '../queries/list-changes.ts';
import { balance } from './balance.ts';
import { balanceChange } from './balance-change.ts';
import { builder } from './builder.ts';
import { asRequestFailure } from './failures.ts';
import { merchant } from './merchant.ts';
import { loyaltyProgram } from './neighbours.ts';
import { visibleWallets } from './visibility.ts';

const changesPageSizes: PageSizes = { unset: 100, max: changesPageMax };

export const wallet = builder.prismaObject('Wallet', {
  description: 'A consumer in a loyalty program, and what they hold there.',
  fields: (t) => ({
    id: t.id({
      description: 'Identifier, `wal_…`; also of the holder in the ledger.',
      resolve: ({ id }) => fromUuid('wal', id),
    }),
    consumer: t.relation('consumer', { description: 'Whose wallet it is.' }),
    program: t.field({
      type: loyaltyProgram,
      nullable: true,
      description: 'The program it belongs to.',
      resolve: ({ programId }) => ({ id: fromUuid('prg', programId) }),
    }),
    merchant: t.field({
      type: merchant,
      nullable: true,
      description: 'The merchant whose program it is.',
      resolve: ({ merchantId }) => ({ id: fromUuid('mer', merchantId) }),
    }),
    version: t.field({
      type: 'BigInt',
      description: 'Raised by one with each change of the balances; 0 before the first.',
      resolve: async ({ id }, _arguments, { readState }) => (await readState(id)).version,
    }),
    balances: t.field({
      type: [balance],
      description:
        'What the wallet holds now. Never older than a change that was answered with `balanceState: CURRENT`.',
      resolve: async ({ id }, _arguments, { readState }) => (await readState(id)).balances,
    }),
    latestChange: t.field({
      type: balanceChange,
      nullable: true,
      description: 'The present state, as a change of kind `SNAPSHOT`.',
      resolve: async ({ id }, _arguments, { readState }) => ({ ...snapshotOf(id, await readState(id)), skipped: 0n }),
    }),
    changes: t.field({
      type: [balanceChange],
      nullable: true,
      description: 'Past changes in the order of their versions, without a gap.',
      args: {
        first: t.arg.int({ defaultValue: changesPageSizes.unset, description: firstDescription(changesPageSizes) }),
        after: t.arg.string({
          description: 'Cursor of the last change known; left out, the list begins with the first.',
        }),
      },
      resolve: async ({ id }, { after, first }, { services }) => {
        const countMax = pageSize(first, changesPageSizes);
        return asRequestFailure(listChangesAfter(services.listChanges, id, after ?? undefined, countMax));
      },
    }),
  }),
});

builder.asEntity(wallet, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: async ({ id }, context, info) => {
    const walletId = parseId(id, 'wal');
    if (walletId === undefined) return null;
    const query = queryFromInfo({ context, info, typeName: 'Wallet' });
    const found = await context.services.prisma.wallet.findUnique({ ...query, where: { id: walletId } });
    return found && maySeeWallet(context.viewer, found) ? found : null;
  },
});

builder.queryField('wallet', (t) =>
  t.prismaField({
    type: 'Wallet',
    nullable: true,
    description: 'A wallet of the caller, or of a merchant that the caller acts for; null for every other.',
    args: { id: t.arg.id({ required: true, description: 'Identifier, `wal_…`.' }) },
    resolve: (query, _root, { id }, { services, viewer }) => {
      const walletId = parseId(id, 'wal');
      if (walletId === undefined) return null;
      return services.prisma.wallet.findFirst({ ...query, where: { id: walletId, ...visibleWallets(viewer) } });
    },
  }),
);
