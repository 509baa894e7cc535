import type { ReleaseRequest, SetAsideRecord } from './set-aside-record.ts';

/** Some records, and whether there may be more behind them. */
export type SetAsidePage = { readonly records: readonly SetAsideRecord[]; readonly mayHaveMore: boolean };

/**
 * Where one consumer's records of one partition are kept that it could not handle, and are found again by whoever has the
 * partition next. Only the partition's owner writes.
 */
export interface DeadLetterStore {
  /** The keys that are paused, each with the highest offset that is kept of it. */
  pauses(): Promise<ReadonlyMap<string, bigint>>;
  /**
   * Keeps records, in their order; one that is kept already gets the new reason.
   * @returns false when the partition has another owner by now; then nothing was kept
   */
  keep(records: readonly SetAsideRecord[]): Promise<boolean>;
  /** The first of the records that a request is about, in the order of their offsets, and not too many bytes of them. */
  read(request: ReleaseRequest, recordsMax: number): Promise<SetAsidePage>;
  /** Forgets records: they were handled, or given up. */
  remove(records: readonly SetAsideRecord[]): Promise<void>;
  /** What operators have asked for and nobody has finished. */
  requests(): Promise<readonly ReleaseRequest[]>;
  /** Forgets a request. */
  finish(request: ReleaseRequest): Promise<void>;
}
