import type { Caller } from '@localplus/identity';
import { isWithin, pointsBounds } from '../domain/bounds.ts';
import { assetIdOf, type Holder } from '../domain/holder.ts';
import { isReference, isWithinTime, timeBounds } from '../domain/input-rules.ts';
import { versionInForce } from '../domain/program.ts';
import {
  invalidAmount,
  invalidReference,
  invalidTime,
  merchantNotLive,
  unknownHolder,
  unknownStore,
} from '../domain/refusals.ts';
import { findOwnHolder } from './find-own-holder.ts';
import { findStore } from './find-store.ts';
import { type Decision, intention } from './intention.ts';
import { postOnce } from './post-once.ts';
import type { PostingCommands } from './posting-commands.ts';
import { demandSomewhere, mayImport, type Right } from './rights.ts';

/** Points that are to be spent. Ids in TypeID form. */
export interface BurnPoints {
  idempotencyKey: string;
  walletId: string;
  points: bigint;
  storeId?: string | undefined;
  /** The caller's own, for instance a receipt's number. */
  reference?: string | undefined;
  /** Now, where it is left out. */
  occurredAt?: Date | undefined;
}

const right: Right = { roles: ['cashier', 'manager', 'owner'], scope: 'points:burn' };

/**
 * Checks what can be checked of a command before anything that may change with time is looked at.
 * @throws Forbidden
 */
export async function prepareBurnPoints(commands: PostingCommands, input: BurnPoints, caller: Caller) {
  demandSomewhere(caller, right);
  const holder = await findOwnHolder(commands.findHolder, input.walletId, caller, right);
  if (holder === undefined) return unknownHolder();
  const { points, reference, occurredAt, storeId } = input;
  if (!isWithin(pointsBounds, points)) return invalidAmount(pointsBounds);
  if (reference !== undefined && !isReference(reference)) return invalidReference('reference');

  return intention({
    caller,
    holder,
    command: 'burnPoints',
    key: input.idempotencyKey,
    input: [input.walletId, points, storeId, reference, occurredAt?.toISOString()],
    refusals: [
      'LedgerIdempotencyKeyReused',
      'LedgerMerchantNotLive',
      'LedgerInsufficientBalance',
      'LedgerInvalidAmount',
      'LedgerLimitExceeded',
    ] as const,
    decide: () => decide(commands, input, holder, caller),
  });
}

/**
 * Takes points that the holder spends, never more than there are now.
 * @throws Forbidden, Overloaded, Unavailable
 */
export async function burnPoints(commands: PostingCommands, input: BurnPoints, caller: Caller) {
  return postOnce(commands, await prepareBurnPoints(commands, input, caller));
}

async function decide(
  { findProgram, now }: PostingCommands,
  { points, reference, occurredAt = now(), storeId }: BurnPoints,
  holder: Holder,
  caller: Caller,
) {
  const bounds = timeBounds(now(), { isImport: mayImport(caller) });
  if (!isWithinTime(bounds, occurredAt)) return invalidTime(bounds);
  const program = await findProgram(holder.programId);
  if (program === undefined) return merchantNotLive();
  const store = storeId === undefined ? undefined : findStore(program, storeId, caller);
  if (storeId !== undefined && store === undefined) return unknownStore();
  const decision: Decision = {
    operation: { type: 'BURN', assetId: assetIdOf(holder, program.pointAssetCode), amount: points },
    programVersion: versionInForce(program.versions, occurredAt).version,
    country: program.country,
    storeId: store,
    reference,
    occurredAt,
  };
  return decision;
}
