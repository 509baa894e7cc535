import { fromUuid } from '@localplus/identifiers';
import type { BalanceEvent } from '../domain/balance-change.ts';
import { writeCursor } from '../domain/cursor.ts';
import { balance } from './balance.ts';
import { builder } from './builder.ts';
import { ledgerTransaction } from './neighbours.ts';

const balanceChangeKind = builder.enumType('BalanceChangeKind', {
  description: 'Why a balance changed.',
  values: {
    EARN: { description: 'A purchase earned points.' },
    BURN: { description: 'Points were spent.' },
    REVERSAL: { description: 'An earlier transaction was undone.' },
    HOLD: { description: 'Value was reserved.' },
    CAPTURE: { description: 'Reserved value was spent.' },
    RELEASE: { description: 'Reserved value was given back.' },
    HOLD_EXPIRY: { description: 'A reservation ended by itself.' },
    ACTIVATION: { description: 'Pending points became active.' },
    EXPIRY: { description: 'Value expired unused.' },
    REFUND: { description: 'Value that was spent was given back.' },
    RETURN: { description: 'A purchase was returned, in part or whole: what it earned was taken back.' },
    TRANSFER: { description: 'Value went from one holder to another.' },
    SALE: { description: 'A card was sold.' },
    GRANT: { description: 'Value was given.' },
    SNAPSHOT: { description: 'No change, but the state as it was at that version.' },
  } as const,
});

export const balanceChange = builder.objectRef<BalanceEvent>('BalanceChange').implement({
  description: 'One change of a wallet, with all its balances after it.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Opaque. Handed back as `after`, it continues behind this change.',
      resolve: ({ holderId, version }) => writeCursor(holderId, version),
    }),
    version: t.expose('version', {
      type: 'BigInt',
      description: "The wallet's version after the change. The ledger raises it by one with each change.",
    }),
    skipped: t.int({
      description: 'How many versions between the change received before and this one were left out.',
      resolve: ({ skipped }) => Number(skipped),
    }),
    kind: t.expose('kind', { type: balanceChangeKind, description: 'Why the balance changed.' }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When the change counts.' }),
    balances: t.expose('balances', { type: [balance], description: 'All balances after the change.' }),
    wallet: t.prismaField({
      type: 'Wallet',
      nullable: true,
      description: 'The wallet as it is now, never older than this change.',
      resolve: (query, { holderId }, _arguments, { services }) =>
        services.prisma.wallet.findUnique({ ...query, where: { id: holderId } }),
    }),
    transaction: t.field({
      type: ledgerTransaction,
      nullable: true,
      description: "The ledger's transaction that made the change; null for a snapshot.",
      resolve: ({ transactionId }) => (transactionId ? { id: fromUuid('trx', transactionId) } : null),
    }),
  }),
});
