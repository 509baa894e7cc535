import type { Caller } from '@localplus/identity';
import { isWithin, pointsBounds } from '../domain/bounds.ts';
import { assetIdOf, type Holder } from '../domain/holder.ts';
import { isReference } from '../domain/input-rules.ts';
import { versionInForce } from '../domain/program.ts';
import { invalidAmount, invalidReference, merchantNotLive, unknownHolder } from '../domain/refusals.ts';
import { findOwnHolder } from './find-own-holder.ts';
import { type Decision, intention } from './intention.ts';
import { postOnce } from './post-once.ts';
import type { PostingCommands } from './posting-commands.ts';
import { demandSomewhere, type Right } from './rights.ts';

/** Points that are to go to another wallet of the same program. Ids in TypeID form. */
export interface TransferPoints {
  idempotencyKey: string;
  fromWalletId: string;
  toWalletId: string;
  points: bigint;
  /** The caller's own. */
  reference?: string | undefined;
}

const right: Right = { roles: ['manager', 'owner'] };

/**
 * Checks what can be checked of a command before anything that may change with time is looked at.
 * @throws Forbidden
 */
export async function prepareTransferPoints(commands: PostingCommands, input: TransferPoints, caller: Caller) {
  demandSomewhere(caller, right);
  const [from, to] = await Promise.all([
    findOwnHolder(commands.findHolder, input.fromWalletId, caller, right),
    findOwnHolder(commands.findHolder, input.toWalletId, caller, right),
  ]);
  if (from === undefined || to === undefined) return unknownHolder();
  // Points of one program are worth nothing in another, and nobody gives to themselves.
  if (from.id === to.id || from.programId !== to.programId) return unknownHolder();
  const { points, reference } = input;
  if (!isWithin(pointsBounds, points)) return invalidAmount(pointsBounds);
  if (reference !== undefined && !isReference(reference)) return invalidReference('reference');
  return intention({
    caller,
    holder: from,
    command: 'transferPoints',
    key: input.idempotencyKey,
    input: [input.fromWalletId, input.toWalletId, points, reference],
    refusals: [
      'LedgerIdempotencyKeyReused',
      'LedgerMerchantNotLive',
      'LedgerInsufficientBalance',
      'LedgerInvalidAmount',
      'LedgerLimitExceeded',
    ] as const,
    decide: () => decide(commands, { points, reference }, from, to),
  });
}

/**
 * Moves points to another wallet of the same program. They keep their dates.
 * @throws Forbidden, Overloaded, Unavailable
 */
export async function transferPoints(commands: PostingCommands, input: TransferPoints, caller: Caller) {
  return postOnce(commands, await prepareTransferPoints(commands, input, caller));
}

async function decide(
  { findProgram, now }: PostingCommands,
  { points, reference }: Pick<TransferPoints, 'points' | 'reference'>,
  from: Holder,
  to: Holder,
) {
  const program = await findProgram(from.programId);
  if (program === undefined) return merchantNotLive();
  const decision: Decision = {
    operation: { type: 'TRANSFER', assetId: assetIdOf(from, program.pointAssetCode), amount: points, to },
    programVersion: versionInForce(program.versions, now()).version,
    country: program.country,
    storeId: undefined,
    reference,
    occurredAt: undefined,
  };
  return decision;
}
