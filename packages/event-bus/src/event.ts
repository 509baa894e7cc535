import type { EventValue } from './events/event-values.ts';

/** Headers of an event: CloudEvents attributes in binary mode (`ce_id`, `ce_type`, …), `aggregateversion`, `traceparent`. */
export type EventHeaders = Readonly<Record<string, string>>;

/** An event on its way to the bus. Events of one key keep their order. */
export type OutgoingEvent<Topic extends string = string> = Topic extends string
  ? {
      readonly topic: Topic;
      /** The aggregate's id, never personal data: it decides the partition. */
      readonly key: string;
      readonly value: EventValue<Topic>;
      readonly headers: EventHeaders;
    }
  : never;

/** An event as a consumer gets it: its value fits the topic's schema. */
export type ReceivedEvent<Topic extends string = string> = Topic extends string
  ? {
      readonly topic: Topic;
      readonly partition: number;
      /** Grows by partition. May have gaps: old records are removed. */
      readonly offset: bigint;
      readonly key: string;
      readonly value: EventValue<Topic>;
      readonly headers: EventHeaders;
      /** When the bus stored it. */
      readonly time: Date;
    }
  : never;

/** Events of one partition in the order of their offsets. Never empty. Its topic tells the type of the values. */
export type EventBatch<Topic extends string = string> = Topic extends string
  ? {
      readonly topic: Topic;
      readonly partition: number;
      readonly events: readonly ReceivedEvent<Topic>[];
    }
  : never;
