import type { ListChanges } from '../domain/ledger.ts';
import type { BalanceStore } from '../store/balance-store.ts';
import { applyCommittedChanges } from './apply-balance-changes.ts';

/**
 * Lists changes as the ledger has them, which may be newer than what is stored here: the newest is stored before they are
 * handed on, so that whoever is told of a version never reads an older balance.
 */
export function listAndApplyChanges(store: BalanceStore, listChanges: ListChanges): ListChanges {
  return async (holderId, afterVersion, limit) => {
    const listed = await listChanges(holderId, afterVersion, limit);
    await applyCommittedChanges(store, listed.changes.slice(-1));
    return listed;
  };
}
