import { problemWithHeaders } from './cloud-event-headers.ts';
import type { EventHeaders, OutgoingEvent } from './event.ts';
import { EventRejected } from './event-rejected.ts';
import { EVENT_BYTES_MAX, KEY_LENGTH_MAX } from './limits.ts';
import { partitionOf } from './partition-of.ts';
import type { TopicSchemas } from './topic-schemas.ts';
import type { TopicDeclaration } from './topics.ts';

/** An event ready for the log. */
export type EncodedEvent = {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly headers: EventHeaders;
};

/** What events are checked against. Without schemas the values are not checked. */
export type EncodingRules = {
  readonly topics: ReadonlyMap<string, TopicDeclaration>;
  readonly schemas?: TopicSchemas;
};

/**
 * Checks events and writes them as the log takes them.
 * @throws EventRejected for the first that can never be accepted
 */
export function encodeEvents(events: readonly OutgoingEvent[], rules: EncodingRules): EncodedEvent[] {
  return events.map((event, index) => {
    const topic = rules.topics.get(event.topic);
    if (!topic) throw new EventRejected(index, `no topic is named ${event.topic}`);
    const value = JSON.stringify(event.value);
    const problem =
      problemWithKey(event.key) ??
      problemWithHeaders(event.headers, event.topic) ??
      (Buffer.byteLength(value) > EVENT_BYTES_MAX ? `its value is larger than ${EVENT_BYTES_MAX} bytes` : undefined) ??
      rules.schemas?.problemWith(event.topic, event.value);
    if (problem) throw new EventRejected(index, problem);
    const partition = partitionOf(event.key, topic.partitions);
    return { topic: event.topic, partition, key: event.key, value, headers: event.headers };
  });
}

function problemWithKey(key: string): string | undefined {
  if (key === '') return 'its key is empty';
  if (key.length > KEY_LENGTH_MAX) return `its key is longer than ${KEY_LENGTH_MAX} characters`;
  if (key.includes('\0')) return 'its key contains a zero character';
  return undefined;
}
