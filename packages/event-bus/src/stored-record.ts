import type { EventHeaders } from './event.ts';

/** A record as the log has it: nothing about its value has been checked. */
export type StoredRecord = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly value: string;
  readonly headers: EventHeaders;
  readonly time: Date;
};
