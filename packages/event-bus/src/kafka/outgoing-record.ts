import type { IHeaders } from 'kafkajs';

/** A record whose place is decided. */
export type OutgoingRecord = {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  /** null removes the key from a compacted topic. */
  readonly value: string | null;
  readonly headers: IHeaders;
};
