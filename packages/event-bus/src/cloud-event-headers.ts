import type { EventHeaders } from './event.ts';

/** What the envelope says of an event. */
export type CloudEvent = {
  /** `evt_…`; consumers deduplicate by it. */
  readonly id: string;
  /** The topic's name: type and version. */
  readonly type: string;
  /** Who tells it: `/localplus/<subgraph>`. */
  readonly source: string;
  /** When it happened. */
  readonly time: Date;
  /** The aggregate's version after it. */
  readonly aggregateVersion?: bigint;
  /** W3C trace context of the request that caused it. */
  readonly traceparent?: string;
};

const required = ['ce_id', 'ce_type', 'ce_source', 'ce_time', 'ce_specversion'] as const;

/** Writes a CloudEvents envelope as headers (binary mode of its Kafka binding). */
export function cloudEventHeaders(event: CloudEvent): EventHeaders {
  return {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: event.type,
    ce_source: event.source,
    ce_time: event.time.toISOString(),
    'content-type': 'application/json',
    ...(event.aggregateVersion !== undefined && { aggregateversion: event.aggregateVersion.toString() }),
    ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
  };
}

/** What is wrong with the headers of an event of this topic; undefined when nothing is. */
export function problemWithHeaders(headers: EventHeaders, topic: string): string | undefined {
  const missing = required.filter((name) => !headers[name]);
  if (missing.length > 0) return `headers are missing: ${missing.join(', ')}`;
  if (headers.ce_specversion !== '1.0') return 'ce_specversion is not 1.0';
  if (headers.ce_type !== topic) return `ce_type is not ${topic}`;
  const { ce_dataschema: dataSchema } = headers;
  if (dataSchema && !dataSchema.endsWith(`/${topic}.json`)) return `ce_dataschema is not that of ${topic}`;
  return undefined;
}
