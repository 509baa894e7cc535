import type { GraphQLFormattedError } from 'graphql';
import { cursorName, versionName } from './stream-plan.ts';
import type { UpstreamResult } from './upstream.ts';

/** One payload of a stream, as the subgraph sent it. Shared by all clients, so nobody changes it. */
export interface StreamEvent {
  readonly version: bigint;
  readonly cursor: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly errors: readonly GraphQLFormattedError[];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a payload that bears the gateway's own fields; undefined for one that has none, because its resolution failed. */
export function readPayload(payload: unknown, errors: readonly GraphQLFormattedError[] = []): StreamEvent | undefined {
  if (!isObject(payload)) return undefined;
  const version = payload[versionName];
  const cursor = payload[cursorName];
  if (typeof version !== 'string' || typeof cursor !== 'string') return undefined;
  return { version: BigInt(version), cursor, payload, errors };
}

/** Reads an event of the stream of a field. */
export function readEvent(field: string, { data, errors }: UpstreamResult): StreamEvent | undefined {
  return readPayload(data?.[field], errors);
}
