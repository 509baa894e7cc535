import type { GraphQLFormattedError } from 'graphql';
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
  return Object.fromEntries(
    operation.variables.flatMap((name) => (name in variables ? [[name, variables[name]]] : [])),
  );
}

function valueAt(data: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], data);
}

/** The errors of one missed payload, as they would have come with its event. */
function errorsOf(
  { field }: StreamPlan,
  errors: readonly GraphQLFormattedError[],
  index: number,
): GraphQLFormattedError[] {
  const own = [...field.missedPath, index];
  return errors
    .filter(({ path = [] }) => own.every((name, depth) => path[depth] === name))
    .map((error) => ({ ...error, path: [field.name, ...(error.path ?? []).slice(own.length)] }));
}

/** Reads the variables that a stream depends on. */
export function streamVariables(
  plan: StreamPlan,
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
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
      const payloads = valueAt(data, field.missedPath);
      const currentVersion = valueAt(data, field.currentVersionPath);
      if (!Array.isArray(payloads) || typeof currentVersion !== 'string') {
        if (errors.length > 0) throw new StreamRefused(errors);
        throw new Error(`The subgraph ${plan.subgraph} did not tell what was missed of ${field.name}.`);
      }
      const events = payloads.flatMap((payload, index) => readPayload(payload, errorsOf(plan, errors, index)) ?? []);
      const newestEvent = events.at(-1)?.version;
      return {
        events,
        currentVersion: BigInt(currentVersion),
        isComplete: (newest) =>
          payloads.length < field.missedMax || (newestEvent !== undefined && newestEvent >= newest),
      };
    },
  };
}
