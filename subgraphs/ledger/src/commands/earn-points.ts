import type { Caller } from '@localplus/identity';
import { sumOf } from '../domain/amount.ts';
import { isWithin, pointsBounds, purchaseBounds } from '../domain/bounds.ts';
import { assetIdOf, type Holder } from '../domain/holder.ts';
import { isReference, isReferenceList, isWithinTime, timeBounds } from '../domain/input-rules.ts';
import type { LotPeriod } from '../domain/lot.ts';
import { largestPurchaseFor, pointsFor, smallestEarningPurchase } from '../domain/points.ts';
import { type ProgramVersion, versionInForce } from '../domain/program.ts';
import {
  currencyMismatch,
  invalidAmount,
  invalidPurchaseLines,
  invalidReference,
  invalidTime,
  merchantNotLive,
  noPointsEarned,
  unknownHolder,
  unknownStore,
} from '../domain/refusals.ts';
import type { Purchase } from '../domain/transaction.ts';
import { lotDates } from '../domain/validity.ts';
import { findOwnHolder } from './find-own-holder.ts';
import { findStore } from './find-store.ts';
import { type Decision, intention } from './intention.ts';
import { postOnce } from './post-once.ts';
import type { PostingCommands } from './posting-commands.ts';
import { demandSomewhere, mayImport, type Right } from './rights.ts';

/** A purchase that is to earn points. Ids in TypeID form. */
export interface EarnPoints {
  idempotencyKey: string;
  walletId: string;
  purchase: Purchase;
  storeId?: string | undefined;
  /** The caller's own, for instance a receipt's number. */
  reference?: string | undefined;
  /** Now, where it is left out. */
  occurredAt?: Date | undefined;
}

const right: Right = { roles: ['cashier', 'manager', 'owner'], scope: 'points:earn' };

/**
 * Checks what can be checked of a command before anything that may change with time is looked at.
 * @throws Forbidden
 */
export async function prepareEarnPoints(commands: PostingCommands, input: EarnPoints, caller: Caller) {
  demandSomewhere(caller, right);
  const holder = await findOwnHolder(commands.findHolder, input.walletId, caller, right);
  if (holder === undefined) return unknownHolder();
  const { purchase, reference, occurredAt, storeId } = input;
  if (!isWithin(purchaseBounds, purchase.amountMinor)) return invalidAmount(purchaseBounds);
  if (reference !== undefined && !isReference(reference)) return invalidReference('reference');
  if (!isMadeOfItsLines(purchase)) return invalidPurchaseLines();

  return intention({
    caller,
    holder,
    command: 'earnPoints',
    key: input.idempotencyKey,
    input: [
      ...[input.walletId, purchase.amountMinor, purchase.currency, storeId, reference, occurredAt?.toISOString()],
      ...(purchase.lines?.flatMap(({ lineId, amountMinor }) => [lineId, amountMinor]) ?? []),
    ],
    refusals: [
      'LedgerIdempotencyKeyReused',
      'LedgerMerchantNotLive',
      'LedgerInvalidAmount',
      'LedgerLimitExceeded',
    ] as const,
    decide: () => decide(commands, input, holder, caller),
  });
}

/**
 * Grants the points that a purchase earns by the terms in force when it occurred.
 * @throws Forbidden, Overloaded, Unavailable
 */
export async function earnPoints(commands: PostingCommands, input: EarnPoints, caller: Caller) {
  return postOnce(commands, await prepareEarnPoints(commands, input, caller));
}

async function decide(
  { findProgram, now }: PostingCommands,
  { purchase, reference, occurredAt = now(), storeId }: EarnPoints,
  holder: Holder,
  caller: Caller,
) {
  const bounds = timeBounds(now(), { isImport: mayImport(caller) });
  if (!isWithinTime(bounds, occurredAt)) return invalidTime(bounds);
  const program = await findProgram(holder.programId);
  if (program === undefined) return merchantNotLive();
  if (purchase.currency !== program.currency) return currencyMismatch(program.currency);
  const store = storeId === undefined ? undefined : findStore(program, storeId, caller);
  if (storeId !== undefined && store === undefined) return unknownStore();

  const version = versionInForce(program.versions, occurredAt);
  const points = pointsFor(version, purchase.amountMinor);
  if (points === 0n) return noPointsEarned(smallestEarningPurchase(version));
  if (!isWithin(pointsBounds, points)) {
    return invalidAmount({ ...purchaseBounds, maximum: largestPurchaseFor(version, pointsBounds.maximum) });
  }
  const assetId = assetIdOf(holder, program.pointAssetCode);
  const decision: Decision = {
    operation: {
      type: 'EARN',
      assetId,
      amount: points,
      period: periodOf(version, program.timeZone, occurredAt),
      purchase,
    },
    programVersion: version.version,
    country: program.country,
    storeId: store,
    reference,
    occurredAt,
  };
  return decision;
}

function isMadeOfItsLines({ amountMinor, lines }: Purchase): boolean {
  if (lines === undefined) return true;
  const areSound = isReferenceList(lines.map(({ lineId }) => lineId)) && lines.every((line) => line.amountMinor > 0n);
  return areSound && sumOf(lines.map((line) => line.amountMinor)) === amountMinor;
}

/** When the points can be spent. The end of what inactivity ends is kept as days: it moves with the holder's activity. */
function periodOf(version: ProgramVersion, timeZone: string, earnedAt: Date): LotPeriod {
  const { activatesAt, expiresAt, inactivityDays } = lotDates(version, timeZone, earnedAt);
  return { activatesAt, expiresAt: inactivityDays === undefined ? expiresAt : undefined, inactivityDays };
}
