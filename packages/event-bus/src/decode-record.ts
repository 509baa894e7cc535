import { problemWithHeaders } from './cloud-event-headers.ts';
import type { ReceivedEvent } from './event.ts';
import type { JsonValue } from './json.ts';
import { EVENT_BYTES_MAX } from './limits.ts';
import type { StoredRecord } from './stored-record.ts';
import type { TopicSchemas } from './topic-schemas.ts';

/** An event that fits its schema, or why there is none. */
export type DecodedRecord = { event: ReceivedEvent } | { problem: string };

/** Reads a record of the log as an event of its topic. Never throws. */
export function decodeRecord(record: StoredRecord, schemas: TopicSchemas): DecodedRecord {
  if (Buffer.byteLength(record.value) > EVENT_BYTES_MAX) {
    return { problem: `its value is larger than ${EVENT_BYTES_MAX} bytes` };
  }
  const parsed = parseJson(record.value);
  if (!parsed) return { problem: 'its value is no JSON' };
  const problem = problemWithHeaders(record.headers, record.topic) ?? schemas.problemWith(record.topic, parsed.value);
  if (problem) return { problem };
  return { event: { ...record, value: parsed.value } };
}

function parseJson(text: string): { value: JsonValue } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // What a publisher of another kind wrote is its fault, and the caller's answer is the same for every fault.
    return undefined;
  }
}
