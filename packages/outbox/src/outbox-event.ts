import type { EventValue } from '@localplus/event-bus';

/** An event to be published after the commit. */
export type OutboxEvent<Topic extends string = string> = Topic extends string
  ? {
      readonly topic: Topic;
      /** The aggregate's identifier: `wal_…`, `mer_…`. */
      readonly key: string;
      /** The aggregate's version after the change; events of one key are published in its order. */
      readonly aggregateVersion: bigint;
      readonly value: EventValue<Topic>;
      /** Headers beside the envelope, `traceparent` for instance. */
      readonly headers?: Readonly<Record<string, string>>;
    }
  : never;
