import type { StoredRecord } from '../stored-record.ts';

/**
 * What a record holds up that was set aside. `aggregate`: the later records of its key, for its consumer. `record`: nothing,
 * for it has no key. `replica`: nothing, for a consumer that every replica is has no place to be held up at.
 */
export type PauseScope = 'aggregate' | 'record' | 'replica';

/** Where a record stood, and whose handler it is for. */
export type RecordPlace = {
  /** The group, or the name of the replica's consumption. */
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
};

/** A record that was not handled: a dead letter, or one that is parked behind the dead letter of its key. */
export type SetAsideRecord = StoredRecord & {
  readonly consumer: string;
  readonly scope: PauseScope;
  /** Why it could not be handled. Without one it was never tried: it is parked. */
  readonly reason: string | undefined;
};

/** `replay`: hands over what was set aside, in order. `discard`: gives up the dead letter, and hands over the others. */
export type ReleaseAction = 'replay' | 'discard';

/** What an operator asks the consumer for: of one dead letter, and with it of its aggregate. */
export type ReleaseRequest = RecordPlace & {
  readonly key: string;
  readonly scope: PauseScope;
  readonly action: ReleaseAction;
};
