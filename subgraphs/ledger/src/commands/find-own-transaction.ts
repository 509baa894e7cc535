import { parseId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import type { Holder } from '../domain/holder.ts';
import type { TransactionFound } from '../store/transaction-rows.ts';
import type { PostingCommands } from './posting-commands.ts';
import { mayAct, type Right } from './rights.ts';

/** A posted transaction, and whose it is. */
export interface OwnTransaction {
  transaction: TransactionFound;
  holder: Holder;
}

/**
 * Finds a transaction of a merchant that the caller may act for; undefined, indistinguishably, for every other.
 * @param id `trx_…`
 * @throws Forbidden for those who belong to the merchant in another role
 */
export async function findOwnTransaction(
  { journal, findHolder }: PostingCommands,
  id: string,
  caller: Caller,
  right: Right,
): Promise<OwnTransaction | undefined> {
  const transactionId = parseId(id, 'trx');
  const transaction = transactionId === undefined ? undefined : await journal.findTransaction(transactionId);
  if (transaction === undefined || !mayAct(caller, transaction.merchantId, right)) return undefined;
  const holder = await findHolder(transaction.holderId);
  if (holder === undefined) throw new Error(`Transaction ${transaction.id} has no holder.`);
  return { transaction, holder };
}

/**
 * Finds the holder of a hold of a merchant that the caller may act for; undefined, indistinguishably, for every other.
 * @param id `hol_…`
 * @throws Forbidden for those who belong to the merchant in another role
 */
export async function findHolderOfOwnHold(
  { journal, findHolder }: PostingCommands,
  id: string,
  caller: Caller,
  right: Right,
): Promise<{ holdId: string; holder: Holder } | undefined> {
  const holdId = parseId(id, 'hol');
  const holderId = holdId === undefined ? undefined : await journal.findHolderOfHold(holdId);
  const holder = holderId === undefined ? undefined : await findHolder(holderId);
  if (holdId === undefined || holder === undefined || !mayAct(caller, holder.merchantId, right)) return undefined;
  return { holdId, holder };
}
