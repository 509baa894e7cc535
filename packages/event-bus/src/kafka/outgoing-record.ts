import type { IHeaders } from 'kafkajs';

/** A record whose place is decided. */
export type OutgoingRecord = {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly headers: IHeaders;
};
