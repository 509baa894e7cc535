import type { Session } from '../authentication/session.ts';
import type { SubgraphSource } from '../supergraph/subgraph-source.ts';
import { readEvent, readPayload, type StreamEvent } from './stream-event.ts';
import type { StreamPlan, SubgraphOperation } from './stream-plan.ts';
import { StreamRefused } from './stream-refused.ts';
import { openUpstream, type UpstreamEnd } from './upstream.ts';

/** What was missed after a cursor. */
export interface Missed {
  readonly events: readonly StreamEvent[];
  /** False when there is more than one page of it: then the events are the oldest of what was missed. */
  readonly isComplete: (newest: bigint) => boolean;
  readonly currentVersion: bigint;
}

/** Where the events of one stream come from: live, and after the fact. */
export interface StreamSource {
  /**
   * Calls with undefined for an event that the subgraph failed to resolve.
   * @returns closes the stream
   */
  open(sink: { event(event: StreamEvent | undefined): void; end(end: UpstreamEnd): void }): () => void;
  /** @throws SubgraphUnavailable, StreamRefused */
  missed(after: unknown): Promise<Missed>;
}

interface StreamSourceOptions {
  plan: StreamPlan;
  variables: Readonly<Record<string, unknown>>;
  session: Session;
  subgraph: SubgraphSource;
}

function pick(variables: Readonly<Record<string, unknown>>, operation: SubgraphOperation): Record<string, unknown> {
  return Object.fromEntries(operation.variables.flatMap((name) => (name in variables ? [[name, variables[name]]] : [])));
}

/** Reads the variables that a stream depends on. */
export function streamVariables(plan: StreamPlan, variables: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return pick(variables, plan.stream);
}

/** Makes the source of a stream at the subgraph that declares its field. */
export function createStreamSource({ plan, variables, session, subgraph }: StreamSourceOptions): StreamSource {
  const { field, stream, missed } = plan;
  return {
    open(sink) {
      let isLive = false;
      const request = { query: stream.text, variables: pick(variables, stream), identity: session.identity };
      return openUpstream(
        { address: subgraph.address, ...request },
        {
          event(result) {
            if (!isLive && !result.data) return sink.end({ kind: 'refused', errors: result.errors ?? [] });
            isLive = true;
            sink.event(readEvent(field.name, result));
          },
          end: (end) => sink.end(end),
        },
      );
    },

    async missed(after) {
      const request = { query: missed.text, variables: pick({ ...variables, ...plan.missedVariables(after) }, missed) };
      const { data, errors = [] } = await subgraph.send(request, { identity: session.identity });
      const isUnanswered = !data || Object.values(data).every((value) => value === null);
      if (isUnanswered && errors.length > 0) throw new StreamRefused(errors);
      const { payloads, currentVersion } = field.readMissed(data ?? {});
      const events = payloads.flatMap((payload) => readPayload(payload) ?? []);
      const newestEvent = events.at(-1)?.version;
      const isComplete = (newest: bigint) => payloads.length < field.missedMax || (newestEvent !== undefined && newestEvent >= newest);
      return { events, currentVersion, isComplete };
    },
  };
}
