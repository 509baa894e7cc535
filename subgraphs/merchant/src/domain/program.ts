import type { InputRules } from './input-rules.ts';
import { InvalidStart } from './refusals.ts';

/** What becomes of the fraction of a point. */
export const roundings = ['DOWN', 'HALF_UP', 'UP'] as const;
export type Rounding = (typeof roundings)[number];

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
  /** Days that a point is valid; undefined means without end. */
  pointValidityDays: number | undefined;
}

const pointNameLengthMax = 40;
/** A rate beyond these bounds is a slip of the keyboard; within them points of one purchase stay far below 2^63. */
const pointsBounds = { minimum: 1n, maximum: 1_000_000n };
const perAmountMinorBounds = { minimum: 1n, maximum: 100_000_000n };
const minimumPurchaseMinorBounds = { minimum: 0n, maximum: 100_000_000n };
const pointValidityDaysBounds = { minimum: 1, maximum: 3_650 };

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

/** Reads the terms of a program. */
export function readTerms(rules: InputRules, terms: ProgramTerms): ProgramTerms {
  const { pointValidityDays } = terms;
  return {
    pointName: rules.text('terms.pointName', terms.pointName, pointNameLengthMax),
    points: rules.number('terms.points', terms.points, pointsBounds),
    perAmountMinor: rules.number('terms.perAmountMinor', terms.perAmountMinor, perAmountMinorBounds),
    rounding: terms.rounding,
    minimumPurchaseMinor: rules.number(
      'terms.minimumPurchaseMinor',
      terms.minimumPurchaseMinor,
      minimumPurchaseMinorBounds,
    ),
    pointValidityDays:
      pointValidityDays === undefined
        ? undefined
        : rules.number('terms.pointValidityDays', pointValidityDays, pointValidityDaysBounds),
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
