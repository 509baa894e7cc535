import { fromUuid } from '@localplus/identifiers';
import { isReplayDescription } from '@localplus/subgraph-server';
import type { Posted } from '../commands/posted.ts';
import type { BalanceChange } from '../domain/balance-change.ts';
import type { Refusal } from '../domain/refusals.ts';
import { maySeeHoldersOf } from '../domain/visibility.ts';
import type { Transaction } from '../store/prisma.ts';
import { balance } from './balance.ts';
import { balanceState } from './balance-state.ts';
import { builder } from './builder.ts';
import { ledgerTransaction } from './ledger-transaction.ts';
import { walletReference } from './wallet.ts';

const commandSuccess = builder.interfaceRef<Posted>('LedgerCommandSuccess').implement({
  description: 'What a command did that was carried out, whichever it was.',
  fields: (t) => ({
    transaction: t.prismaField({
      type: ledgerTransaction,
      description: 'What was posted.',
      // What the change says is not read again: tills ask for the identifier and the times.
      resolve: (query, { change }, _arguments, { services }) => {
        const known = columnsOf(change);
        const { select } = query;
        // A row has the columns that were selected, and here these are.
        if (select && Object.keys(select).every((column) => column in known)) return known as Transaction;
        return services.prisma.transaction.findUniqueOrThrow({ ...query, where: { id: known.id } });
      },
    }),
    balances: t.field({
      type: [balance],
      description: "All the wallet's balances as of this commit, from the ledger.",
      resolve: ({ change }) => change.balances,
    }),
    version: t.field({
      type: 'BigInt',
      description: "The wallet's version as of this commit.",
      resolve: ({ change }) => change.version,
    }),
    wallet: t.field({
      type: walletReference,
      nullable: true,
      description:
        'The wallet; null for partners that may not read wallets. Unless `balanceState` is CATCHING_UP it is never older than this commit.',
      // The wallet has nothing for those who may not see it: naming it would end in a fault of its non-null fields.
      resolve: ({ change: { holderId, merchantId } }, _arguments, { caller }) =>
        maySeeHoldersOf(caller, merchantId) ? { id: fromUuid('wal', holderId), holderId } : null,
    }),
    isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
    balanceState: t.expose('balanceState', {
      type: balanceState,
      description: 'Whether the wallet shows the change already.',
    }),
  }),
});

/** The columns of the transaction's row that its change knows. */
function columnsOf(change: BalanceChange) {
  const { transactionId: id, version: holderVersion, storeId = null, ...same } = change;
  const { kind, merchantId, holderId, programId, occurredAt, recordedAt } = same;
  return { id, kind, merchantId, holderId, holderVersion, programId, storeId, occurredAt, recordedAt };
}

/** Makes the payload of a command that posted. */
export function postedType(name: string, description: string) {
  return builder.objectRef<Posted>(name).implement({ interfaces: [commandSuccess], description });
}

/** Names the type of a command's result: the code of a refusal, or the payload. */
export function resultTypeOf(payload: string) {
  return (result: Posted | Refusal) => ('code' in result ? result.code : payload);
}
