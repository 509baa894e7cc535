import { parseId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import type { Program } from '../domain/program.ts';
import { mayNameStore } from './rights.ts';

/**
 * The UUID of a store that the caller names; undefined where it is not one of the merchant's, or not one of the caller's.
 * @param storeId `sto_…`
 */
export function findStore(program: Program, storeId: string, caller: Caller): string | undefined {
  const id = parseId(storeId, 'sto');
  const isKnown = id !== undefined && program.storeIds.includes(id);
  return isKnown && mayNameStore(caller, program.merchantId, storeId) ? id : undefined;
}
