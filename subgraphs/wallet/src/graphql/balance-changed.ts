import { parseId } from '@localplus/identifiers';
import { requestFailure } from '@localplus/subgraph-server';
import { readCursor } from '../domain/cursor.ts';
import { watchBalance } from '../queries/watch-balance.ts';
import { balanceChange } from './balance-change.ts';
import { builder } from './builder.ts';
import type { WalletContext } from './context.ts';
import { asRequestFailure } from './failures.ts';
import { visibleWallets } from './visibility.ts';

builder.subscriptionField('balanceChanged', (t) =>
  t.field({
    type: balanceChange,
    description:
      'The changes of a wallet as the ledger commits them: each version once and in order, none left out unless `skipped` says so. ' +
      'Without `after` the first event is the state now; with it, what came after that cursor, then what is new. ' +
      'FORBIDDEN where there is no such wallet that the caller may see.',
    args: {
      walletId: t.arg.id({ required: true, description: 'The wallet, `wal_…`.' }),
      after: t.arg.string({ description: 'Cursor of the last change known.' }),
    },
    subscribe: async (_root, { walletId, after }, context) => {
      const holderId = await authorise(walletId, context);
      return asRequestFailure(open(context, holderId, after ?? undefined));
    },
    resolve: (event) => event,
  }),
);

async function open({ services, readState }: WalletContext, holderId: string, after: string | undefined) {
  return watchBalance(
    { ...services, readState },
    holderId,
    after === undefined ? undefined : readCursor(holderId, after),
  );
}

/** Before anything is joined or read. One answer for a wallet that is not there and one that is not the caller's. */
async function authorise(walletId: string, { services, viewer }: WalletContext): Promise<string> {
  const id = parseId(walletId, 'wal');
  const found =
    id && (await services.prisma.wallet.findFirst({ where: { id, ...visibleWallets(viewer) }, select: { id: true } }));
  if (!found) throw requestFailure('FORBIDDEN', 'There is no such wallet that the caller may watch.');
  return found.id;
}
