import type { ExecutionResult } from 'graphql';
import type { ClientErrors, RequestTrace } from '../errors/client-errors.ts';
import type { PlannedOperation, SubgraphContext, Supergraph } from '../supergraph/supergraph.ts';
import type { StreamEvent } from './stream-event.ts';
import { eventService, type StreamPlan } from './stream-plan.ts';

/** What an event is resolved for. */
export interface Watching {
  plan: StreamPlan;
  operation: PlannedOperation;
  context: SubgraphContext;
  /** Equal for clients that get the same answer to the same event. */
  answerKey: string;
  trace: RequestTrace;
}

/** Counts of skipped payloads keep the type in which the subgraph gave them: a number, or the digits of a BigInt. */
function inTypeOf(given: unknown, skipped: bigint): unknown {
  return typeof given === 'number' ? Number(skipped) : skipped.toString();
}

/**
 * The event as one client gets it. How many versions that client skips is for us to say: the subgraph counts from what it sent
 * last, and does not know which gaps were filled since.
 */
function ownPayload({ payload }: StreamEvent, { skippedNames }: StreamPlan, skipped: bigint): Record<string, unknown> {
  const own = structuredClone(payload) as Record<string, unknown>;
  for (const name of skippedNames) if (name in own) own[name] = inTypeOf(own[name], skipped);
  return own;
}

/**
 * Makes answers of events: the event is the answer to the plan's first step, the other subgraphs are asked for the rest.
 * Clients with the same operation, variables and identity share one answer, so the rest is asked for once.
 */
export class EventResolver {
  readonly #supergraph: Supergraph;
  readonly #errors: ClientErrors;
  readonly #answers = new WeakMap<StreamEvent, Map<string, Promise<ExecutionResult>>>();

  constructor(supergraph: Supergraph, errors: ClientErrors) {
    this.#supergraph = supergraph;
    this.#errors = errors;
  }

  resolve(event: StreamEvent, skipped: bigint, watching: Watching): Promise<ExecutionResult> {
    let answers = this.#answers.get(event);
    if (!answers) {
      answers = new Map();
      this.#answers.set(event, answers);
    }
    const key = `${skipped} ${watching.answerKey}`;
    let answer = answers.get(key);
    if (!answer) {
      answer = this.#execute(event, skipped, watching);
      answers.set(key, answer);
    }
    return answer;
  }

  async #execute(event: StreamEvent, skipped: bigint, watching: Watching): Promise<ExecutionResult> {
    const { plan, operation, context, trace } = watching;
    const { responseName } = plan;
    const answer = {
      data: { [responseName]: ownPayload(event, plan, skipped) },
      // The stream is asked for without the client's alias.
      errors: event.errors.map((error) => ({ ...error, path: [responseName, ...(error.path ?? []).slice(1)] })),
    };
    const services = { [eventService]: { process: async () => answer } };
    try {
      const { data, errors } = await this.#supergraph.executePlan(plan.eventPlan, operation, context, services);
      return { data, ...(errors?.length ? { errors: this.#errors.ofResult(errors, trace) } : {}) };
    } catch (error) {
      return { data: null, errors: this.#errors.ofRequest(error, trace) };
    }
  }
}
