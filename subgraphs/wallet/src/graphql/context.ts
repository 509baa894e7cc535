import { parseId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import type { CallerContext } from '@localplus/subgraph-server';
import DataLoader from 'dataloader';
import type { EnrollSources } from '../commands/enroll-consumer.ts';
import type { BalanceState } from '../domain/balance.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { WatchSources } from '../queries/watch-balance.ts';
import { loadBalances } from '../store/balance-rows.ts';
import type { PrismaClient } from '../store/prisma.ts';

/** What the doors of the schema work with. */
export interface WalletServices extends EnrollSources, Omit<WatchSources, 'readState'> {
  prisma: PrismaClient;
}

/** The context of one operation. */
export interface WalletContext extends CallerContext {
  viewer: Viewer;
  services: WalletServices;
  /** Reads what a wallet (a UUID) has now. Reads of one tick are one statement; nothing is remembered between ticks. */
  readState: (walletId: string) => Promise<BalanceState>;
  /** Whether one of the viewer's merchants knows the consumer (a UUID). */
  isKnownConsumer: (consumerId: string) => Promise<boolean>;
}

/** Makes the context of an operation of the caller. */
export function createContext(services: WalletServices, caller: Caller): WalletContext {
  const viewer = viewerOf(caller);
  // A subscription lives in one context: a remembered balance would be old at the second event.
  const states = new DataLoader((ids: readonly string[]) => readStates(services, ids), { cache: false });
  const knownConsumers = new DataLoader((ids: readonly string[]) => readKnown(services, viewer, ids), { cache: false });
  return {
    caller,
    viewer,
    services,
    readState: (walletId) => states.load(walletId),
    isKnownConsumer: (consumerId) => knownConsumers.load(consumerId),
  };
}

async function readStates({ pool }: WalletServices, ids: readonly string[]): Promise<(BalanceState | Error)[]> {
  const states = await loadBalances(pool, ids);
  return ids.map((id) => states.get(id) ?? new Error(`no balance is stored for the wallet ${id}`));
}

async function readKnown({ prisma }: WalletServices, viewer: Viewer, ids: readonly string[]): Promise<boolean[]> {
  const merchants = viewer.merchants === 'all' ? {} : { merchantId: { in: [...viewer.merchants] } };
  const wallets = await prisma.wallet.findMany({
    where: { consumerId: { in: [...ids] }, ...merchants },
    select: { consumerId: true },
    distinct: 'consumerId',
  });
  const known = new Set(wallets.map(({ consumerId }) => consumerId));
  return ids.map((id) => known.has(id));
}

/** Says what a caller may see. Services read over gRPC, and see nothing here. */
export function viewerOf(caller: Caller): Viewer {
  if (caller.kind === 'service') return { consumerId: undefined, merchants: new Set() };
  if (caller.kind === 'partner') {
    return {
      consumerId: undefined,
      merchants: uuids(caller.scopes.includes('wallets:read') ? [caller.merchantId] : []),
    };
  }
  const merchants = caller.isPlatformOperator ? 'all' : uuids(caller.memberships.map(({ merchantId }) => merchantId));
  return { consumerId: caller.consumerId && parseId(caller.consumerId, 'con'), merchants };
}

function uuids(merchantIds: string[]): ReadonlySet<string> {
  return new Set(merchantIds.map((id) => parseId(id, 'mer')).filter((uuid) => uuid !== undefined));
}
