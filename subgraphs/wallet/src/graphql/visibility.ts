import type { Viewer } from '../domain/viewer.ts';
import type { Prisma } from '../store/prisma.ts';

/** The condition on wallets that `maySeeWallet` is, for the database. */
export function visibleWallets({ consumerId, merchants }: Viewer): Prisma.WalletWhereInput {
  if (merchants === 'all') return {};
  return {
    OR: [{ consumerId: { in: consumerId === undefined ? [] : [consumerId] } }, { merchantId: { in: [...merchants] } }],
  };
}
