import type { Caller } from '@localplus/identity';
import { isWithin, pointsBounds } from '../domain/bounds.ts';
import type { Holder } from '../domain/holder.ts';
import type { Operation } from '../domain/operation.ts';
import { versionInForce } from '../domain/program.ts';
import { invalidAmount, merchantNotLive, unknownHold } from '../domain/refusals.ts';
import { findHolderOfOwnHold } from './find-own-transaction.ts';
import { type Decision, intention } from './intention.ts';
import { postOnce } from './post-once.ts';
import type { PostingCommands } from './posting-commands.ts';
import { demandSomewhere, type Right } from './rights.ts';

/** Held points that are to be spent. Ids in TypeID form. */
export interface CaptureHold {
  idempotencyKey: string;
  holdId: string;
  /** All that is still held, where it is left out. */
  points?: bigint | undefined;
  /** Whether what is left is given back: nothing more can be captured then. */
  isFinal: boolean;
}

/** A hold that is to be given back. Ids in TypeID form. */
export interface ReleaseHold {
  idempotencyKey: string;
  holdId: string;
}

const right: Right = { roles: ['cashier', 'manager', 'owner'], scope: 'points:burn' };

const refusals = [
  'LedgerIdempotencyKeyReused',
  'LedgerMerchantNotLive',
  'LedgerHoldEnded',
  'LedgerHoldExceeded',
  'LedgerInvalidAmount',
] as const;

/**
 * Checks what can be checked of a command before anything that may change with time is looked at.
 * @throws Forbidden
 */
export async function prepareCaptureHold(commands: PostingCommands, input: CaptureHold, caller: Caller) {
  demandSomewhere(caller, right);
  const own = await findHolderOfOwnHold(commands, input.holdId, caller, right);
  if (own === undefined) return unknownHold();
  const { points, isFinal } = input;
  if (points !== undefined && !isWithin(pointsBounds, points)) return invalidAmount(pointsBounds);
  const { holdId, holder } = own;
  const key = input.idempotencyKey;
  const fields = [input.holdId, points, String(isFinal)];
  const operation: Operation = { type: 'CAPTURE', holdId, amount: points, isFinal };
  const decideNow = () => decide(commands, holder, operation);
  return intention({ caller, holder, command: 'captureHold', key, input: fields, refusals, decide: decideNow });
}

/**
 * Spends held points: all of them, or some now and some later.
 * @throws Forbidden, Overloaded, Unavailable
 */
export async function captureHold(commands: PostingCommands, input: CaptureHold, caller: Caller) {
  return postOnce(commands, await prepareCaptureHold(commands, input, caller));
}

/**
 * Checks what can be checked of a command before anything that may change with time is looked at.
 * @throws Forbidden
 */
export async function prepareReleaseHold(commands: PostingCommands, input: ReleaseHold, caller: Caller) {
  demandSomewhere(caller, right);
  const own = await findHolderOfOwnHold(commands, input.holdId, caller, right);
  if (own === undefined) return unknownHold();
  const { holdId, holder } = own;
  const key = input.idempotencyKey;
  const decideNow = () => decide(commands, holder, { type: 'RELEASE', holdId });
  const fields = [input.holdId];
  return intention({ caller, holder, command: 'releaseHold', key, input: fields, refusals, decide: decideNow });
}

/**
 * Gives back what a hold still has.
 * @throws Forbidden, Overloaded, Unavailable
 */
export async function releaseHold(commands: PostingCommands, input: ReleaseHold, caller: Caller) {
  return postOnce(commands, await prepareReleaseHold(commands, input, caller));
}

async function decide({ findProgram, now }: PostingCommands, holder: Holder, operation: Operation) {
  const program = await findProgram(holder.programId);
  if (program === undefined) return merchantNotLive();
  const decision: Decision = {
    operation,
    programVersion: versionInForce(program.versions, now()).version,
    country: program.country,
    storeId: undefined,
    reference: undefined,
    occurredAt: undefined,
  };
  return decision;
}
