import type { Bounds, InputRules } from './input-rules.ts';
import { InvalidStart } from './refusals.ts';
import { readValidity, requireActivation, type Validity, type ValidityDraft } from './validity.ts';

/** What becomes of the fraction of a point. */
export const roundings = ['DOWN', 'HALF_UP', 'UP'] as const;
export type Rounding = (typeof roundings)[number];

/**
 * What may happen when the points of a returned purchase were spent already: as many are taken back as are there; the rest
 * becomes a debt, up to the pending points; or a debt of any size.
 */
export const negativeBalancePolicies = ['NEVER', 'WITHIN_PENDING', 'UNLIMITED'] as const;
export type NegativeBalancePolicy = (typeof negativeBalancePolicies)[number];

/** What a program promises, from one instant on. */
export interface ProgramTerms {
  /** Name of one point, for instance `croissant`. */
  pointName: string;
  /** Points earned for each `perAmountMinor`. */
  points: bigint;
  /** Minor units of the program's currency that earn `points`. */
  perAmountMinor: bigint;
  rounding: Rounding;
  /** Purchases below earn nothing; minor units, 0 means no minimum. */
  minimumPurchaseMinor: bigint;
  /** Days that points stay pending after they were earned; 0 means active at once. */
  activationDelayDays: number;
  validity: Validity;
  negativeBalance: NegativeBalancePolicy;
  /** Days, from a refund on, that value given back to an expired lot is valid; 0 means not at all. */
  refundGraceDays: number;
}

/** Terms as they are asked for. */
export interface ProgramTermsDraft extends Omit<ProgramTerms, 'validity'> {
  /** Undefined means what `pointValidityDays` says. */
  validity?: ValidityDraft | undefined;
  /** Days that a point is valid; undefined means without end. */
  pointValidityDays?: number | undefined;
}

const pointNameLengthMax = 40;
/** A rate beyond these bounds is a slip of the keyboard; within them points of one purchase stay far below 2^63. */
const pointsBounds = { minimum: 1n, maximum: 1_000_000n };
const perAmountMinorBounds = { minimum: 1n, maximum: 100_000_000n };
const minimumPurchaseMinorBounds = { minimum: 0n, maximum: 100_000_000n };
/** Periods in which purchases can be returned are far shorter. */
const activationDelayDaysBounds = { minimum: 0, maximum: 365 };
const refundGraceDaysBounds = { minimum: 0, maximum: 365 };

/** Programs of one merchant. More than a few is a mistake of an integration. */
export const programsMax = 20;
/** Versions of one program. Its events carry all of them, and must stay below the message limit. */
export const versionsMax = 500;

/** Time that a published version has to reach everybody who rates purchases, before it counts. */
export const publicationNoticeMs = 60_000;
/** Who plans further ahead will have changed his mind. */
const startAheadMsMax = 2 * 366 * 86_400_000;
/** An imported program may have been running for long elsewhere. */
const importedStartBackMsMax = 50 * 366 * 86_400_000;

/** Reads the terms of a program. Whether a fixed date fits their start is to be judged when that is decided. */
export function readTerms(rules: InputRules, draft: ProgramTermsDraft): ProgramTerms {
  const { rounding, negativeBalance } = draft;
  const bounded = <Value extends number | bigint>(name: string, value: Value, bounds: Bounds<Value>) =>
    rules.number(`terms.${name}`, value, bounds);
  const terms = {
    pointName: rules.text('terms.pointName', draft.pointName, pointNameLengthMax),
    points: bounded('points', draft.points, pointsBounds),
    perAmountMinor: bounded('perAmountMinor', draft.perAmountMinor, perAmountMinorBounds),
    rounding,
    minimumPurchaseMinor: bounded('minimumPurchaseMinor', draft.minimumPurchaseMinor, minimumPurchaseMinorBounds),
    activationDelayDays: bounded('activationDelayDays', draft.activationDelayDays, activationDelayDaysBounds),
    validity: readValidity(rules, draft.validity, draft.pointValidityDays),
    negativeBalance,
    refundGraceDays: bounded('refundGraceDays', draft.refundGraceDays, refundGraceDaysBounds),
  };
  requireActivation(rules, terms.validity, terms.activationDelayDays);
  rules.require(
    'terms.negativeBalance',
    negativeBalance !== 'WITHIN_PENDING' || terms.activationDelayDays > 0,
    'must not be WITHIN_PENDING where points are never pending: activationDelayDays is 0.',
  );
  return terms;
}

/**
 * The terms as they name an intent under an idempotency key. What is at its default is left out, so that a key of before a
 * term existed still names the same intent.
 */
export function intentOf({ validity, activationDelayDays, negativeBalance, refundGraceDays, ...terms }: ProgramTerms) {
  return {
    ...terms,
    pointValidityDays: validity.kind === 'DAYS' ? validity.days : undefined,
    validity: validity.kind === 'DAYS' || validity.kind === 'UNLIMITED' ? undefined : validity,
    activationDelayDays: activationDelayDays || undefined,
    negativeBalance: negativeBalance === 'NEVER' ? undefined : negativeBalance,
    refundGraceDays: refundGraceDays || undefined,
  };
}

interface StartRequest {
  /** When the version shall start; undefined means as early as it may. */
  startsAt: Date | undefined;
  /** When it is published. */
  now: Date;
  /** Start of the version before it. */
  previousStartsAt?: Date;
  /** Whether a platform operator brings in a program that was running elsewhere. */
  isImport?: boolean;
}

/**
 * Decides when a version starts. Starts never go back from one version to the next, so the version in force is the highest
 * one that has started; the same start again replaces a version that nobody has been rated by yet.
 * @throws InvalidStart with the bounds
 */
export function decideStart({ startsAt, now, previousStartsAt, isImport }: StartRequest): Date {
  const noticeEndsAtMs = now.getTime() + publicationNoticeMs;
  const asEarlyAsUsualMs = Math.max(noticeEndsAtMs, previousStartsAt?.getTime() ?? noticeEndsAtMs);
  if (startsAt === undefined) return new Date(asEarlyAsUsualMs);
  const earliestMs = isImport ? now.getTime() - importedStartBackMsMax : asEarlyAsUsualMs;
  const latestMs = Math.max(now.getTime() + startAheadMsMax, earliestMs);
  if (startsAt.getTime() < earliestMs || startsAt.getTime() > latestMs) {
    throw new InvalidStart(new Date(earliestMs), new Date(latestMs));
  }
  return startsAt;
}

/** Code of a program's point asset: `PTS.` and the characters of the program's identifier behind its prefix. */
export function pointAssetCode(programId: string): string {
  return `PTS.${programId.slice(programId.indexOf('_') + 1)}`;
}
