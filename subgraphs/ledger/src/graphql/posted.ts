import { fromUuid } from '@localplus/identifiers';
import { isReplayDescription } from '@localplus/subgraph-server';
import type { Posted } from '../commands/posted.ts';
import type { Refusal } from '../domain/refusals.ts';
import { maySeeHoldersOf } from '../domain/visibility.ts';
import { balance } from './balance.ts';
import { balanceState } from './balance-state.ts';
import { builder } from './builder.ts';
import { ledgerTransaction } from './ledger-transaction.ts';
import { walletReference } from './wallet.ts';

const commandSuccess = builder.interfaceRef<Posted>('LedgerCommandSuccess').implement({
  description: 'What a command did that was carried out, whichever it was.',
  fields: (t) => ({
    transaction: t.field({
      type: ledgerTransaction,
      description: 'What was posted.',
      // Nothing is read for its id; its other fields are read together, once, when they are asked for.
      resolve: ({ change: { transactionId, holderId, merchantId } }) => ({ id: transactionId, holderId, merchantId }),
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

/** Makes the payload of a command that posted. */
export function postedType(name: string, description: string) {
  return builder.objectRef<Posted>(name).implement({ interfaces: [commandSuccess], description });
}

/** Names the type of a command's result: the code of a refusal, or the payload. */
export function resultTypeOf(payload: string) {
  return (result: Posted | Refusal) => ('code' in result ? result.code : payload);
}
