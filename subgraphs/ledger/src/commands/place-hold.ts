import { newId, toUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { holdSecondsBounds, isWithin, pointsBounds } from '../domain/bounds.ts';
import { assetIdOf, type Holder } from '../domain/holder.ts';
import { isReference } from '../domain/input-rules.ts';
import { versionInForce } from '../domain/program.ts';
import { invalidAmount, invalidReference, merchantNotLive, unknownHolder, unknownStore } from '../domain/refusals.ts';
import { findOwnHolder } from './find-own-holder.ts';
import { findStore } from './find-store.ts';
import { type Decision, intention } from './intention.ts';
import { postOnce } from './post-once.ts';
import type { PostingCommands } from './posting-commands.ts';
import { demandSomewhere, type Right } from './rights.ts';

/** Points that are to be reserved. Ids in TypeID form. */
export interface PlaceHold {
  idempotencyKey: string;
  walletId: string;
  points: bigint;
  /** Seconds after which it ends by itself. */
  validForSeconds: number;
  storeId?: string | undefined;
  /** The caller's own, for instance an order's number. */
  reference?: string | undefined;
}

const right: Right = { roles: ['cashier', 'manager', 'owner'], scope: 'points:burn' };

/**
 * Checks what can be checked of a command before anything that may change with time is looked at.
 * @throws Forbidden
 */
export async function preparePlaceHold(commands: PostingCommands, input: PlaceHold, caller: Caller) {
  demandSomewhere(caller, right);
  const holder = await findOwnHolder(commands.findHolder, input.walletId, caller, right);
  if (holder === undefined) return unknownHolder();
  const { points, reference, storeId, validForSeconds } = input;
  if (!isWithin(pointsBounds, points)) return invalidAmount(pointsBounds);
  if (!isWithin(holdSecondsBounds, BigInt(validForSeconds))) return invalidAmount(holdSecondsBounds);
  if (reference !== undefined && !isReference(reference)) return invalidReference('reference');
  return intention({
    caller,
    holder,
    command: 'placeHold',
    key: input.idempotencyKey,
    input: [input.walletId, points, BigInt(validForSeconds), storeId, reference],
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
 * Reserves points, never more than can be spent now, until they are captured, released, or the hold ends.
 * @throws Forbidden, Overloaded, Unavailable
 */
export async function placeHold(commands: PostingCommands, input: PlaceHold, caller: Caller) {
  return postOnce(commands, await preparePlaceHold(commands, input, caller));
}

async function decide(
  { findProgram, now }: PostingCommands,
  { points, reference, storeId, validForSeconds }: PlaceHold,
  holder: Holder,
  caller: Caller,
) {
  const program = await findProgram(holder.programId);
  if (program === undefined) return merchantNotLive();
  const store = storeId === undefined ? undefined : findStore(program, storeId, caller);
  if (storeId !== undefined && store === undefined) return unknownStore();
  const assetId = assetIdOf(holder, program.pointAssetCode);
  const holdId = toUuid(newId('hol'), 'hol');
  const decision: Decision = {
    operation: { type: 'HOLD', assetId, amount: points, holdId, validMs: validForSeconds * 1_000 },
    programVersion: versionInForce(program.versions, now()).version,
    country: program.country,
    storeId: store,
    reference,
    occurredAt: undefined,
  };
  return decision;
}
