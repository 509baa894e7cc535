/** Topic of the loyalty programs' full state; key: the program; compacted. */
export const PROGRAM_CHANGED = 'localplus.merchant.program-changed.v1';

/** A loyalty program with all its versions as it is after a change. */
export type ProgramChanged = {
  /** `prg_…` */
  readonly programId: string;
  readonly merchantId: string;
  /** ISO 4217 code of the currency that purchases are made in. */
  readonly currency: string;
  /** Code of the point asset: `PTS.` and the program's identifier. */
  readonly pointAssetCode: string;
  /** Raised by one with each change of the program, a decimal string. */
  readonly programVersion: string;
  /** Ascending by version. */
  readonly versions: readonly ProgramChangedVersion[];
};

/** The terms of a program from one instant on. */
export type ProgramChangedVersion = {
  /** 1, 2, 3, … */
  readonly version: number;
  /** RFC 3339. */
  readonly startsAt: string;
  /** Name of one point, for instance `croissant`. */
  readonly pointName: string;
  /** Points earned for each `perAmountMinor`, a decimal string. */
  readonly points: string;
  /** Minor units of the currency that earn `points`, a decimal string. */
  readonly perAmountMinor: string;
  readonly rounding: 'DOWN' | 'HALF_UP' | 'UP';
  /** Purchases below earn nothing; minor units, a decimal string; `0` means no minimum. */
  readonly minimumPurchaseMinor: string;
  /** Days that a point is valid; 0 means without end. */
  readonly pointValidityDays: number;
};
