import type { Caller } from '@localplus/identity';
import type { Logger } from '@localplus/logging';
import { type DocumentNode, type ExecutionResult, valueFromASTUntyped, visit } from 'graphql';
import type { Session } from '../authentication/session.ts';
import type { FailureCode } from '../errors/catalogue.ts';
import type { ClientErrors, RequestTrace } from '../errors/client-errors.ts';
import { requestFailure } from '../errors/request-failure.ts';
import type { SubgraphSources } from '../supergraph/subgraph-sources.ts';
import type { PlannedOperation, Supergraph } from '../supergraph/supergraph.ts';
import { ClientStream } from './client-stream.ts';
import { EventResolver } from './event-resolver.ts';
import { LiveStream } from './live-stream.ts';
import { planStream, type StreamPlan } from './stream-plan.ts';
import { StreamRefused } from './stream-refused.ts';
import { createStreamSource, type StreamSource, streamVariables } from './stream-source.ts';
import type { VersionedField } from './versioned-field.ts';

interface SubscriptionsOptions {
  supergraph: Supergraph;
  sources: SubgraphSources;
  fields: readonly VersionedField[];
  errors: ClientErrors;
  logger: Logger;
}

/** One client's wish to be told. */
export interface SubscriptionRequest {
  operation: PlannedOperation;
  session: Session;
  trace: RequestTrace;
}

function usesOf(document: DocumentNode, variable: string): number {
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      if (name.value === variable) uses += 1;
    },
  });
  return uses;
}

/** The variables that shape an answer: all but one that holds the cursor and nothing else. */
function answerVariables({ after }: StreamPlan, { document, variables }: PlannedOperation): Record<string, unknown> {
  const cursor = after?.kind === 'Variable' ? after.name.value : undefined;
  if (cursor === undefined || usesOf(document, cursor) !== 1) return variables;
  return Object.fromEntries(Object.entries(variables).filter(([name]) => name !== cursor));
}

/** The live subscriptions of one supergraph, and the streams that they share. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #resolver: EventResolver;
  readonly #plans = new WeakMap<DocumentNode, Map<string | undefined, StreamPlan>>();
  readonly #streams = new Map<string, { stream: LiveStream; caller: Caller }>();
  #isOver = false;

  /** @throws when the schema has a subscription field that is none of `fields` */
  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#resolver = new EventResolver(options.supergraph, options.errors);
    const known = new Set(options.fields.map(({ name }) => name));
    for (const name of Object.keys(options.supergraph.schema.getSubscriptionType()?.getFields() ?? {})) {
      if (!known.has(name)) throw new Error(`The gateway does not know how to serve the subscription ${name}.`);
    }
  }

  /**
   * Plans a subscription, or takes the plan from memory.
   * @throws RequestFailure GRAPHQL_VALIDATION_FAILED
   */
  plan({ document, operationName }: Pick<PlannedOperation, 'document' | 'operationName'>): StreamPlan {
    let plans = this.#plans.get(document);
    if (!plans) {
      plans = new Map();
      this.#plans.set(document, plans);
    }
    let plan = plans.get(operationName);
    if (!plan) {
      plan = planStream(this.#options.supergraph.planSubscription({ document, operationName }), this.#options.fields);
      plans.set(operationName, plan);
    }
    return plan;
  }

  /**
   * Begins to serve one client. What ends the stream early is thrown by the iterator, as the client is to see it.
   * @throws RequestFailure SUBSCRIPTION_SCHEMA_RELOAD after `endAll`
   */
  subscribe({ operation, session, trace }: SubscriptionRequest): AsyncIterableIterator<ExecutionResult> {
    if (this.#isOver) throw requestFailure('SUBSCRIPTION_SCHEMA_RELOAD');
    const { sources, errors } = this.#options;
    const plan = this.plan(operation);
    const source = createStreamSource({
      plan,
      variables: operation.variables,
      session,
      subgraph: sources.of(plan.subgraph),
    });
    const streamKey = JSON.stringify([
      plan.subgraph,
      plan.stream.text,
      streamVariables(plan, operation.variables),
      session.key,
    ]);
    const answerKey = JSON.stringify([
      operation.documentHash,
      operation.operationName,
      answerVariables(plan, operation),
    ]);
    const context = { identity: session.identity };
    return new ClientStream({
      stream: this.#stream(streamKey, source, session),
      source,
      after: plan.after && valueFromASTUntyped(plan.after, operation.variables),
      resolve: (event, skipped) =>
        this.#resolver.resolve(event, skipped, { plan, operation, context, answerKey, trace }),
      toClientError: (failure) => {
        const [first] =
          failure instanceof StreamRefused ? errors.ofResult(failure.errors, trace) : errors.ofRequest(failure, trace);
        return first ?? requestFailure('SUBGRAPH_UNAVAILABLE');
      },
    });
  }

  /** Ends every subscription; new ones meet another supergraph. */
  endAll(): void {
    this.#isOver = true;
    this.#end('SUBSCRIPTION_SCHEMA_RELOAD', () => true);
  }

  /** Ends the subscriptions of callers whose rights have changed: whoever still has them subscribes again. */
  endOf(matches: (caller: Caller) => boolean): void {
    this.#end('SUBSCRIPTION_ACCESS_CHANGED', matches);
  }

  #end(code: FailureCode, matches: (caller: Caller) => boolean): void {
    for (const { stream, caller } of [...this.#streams.values()]) if (matches(caller)) stream.end(requestFailure(code));
  }

  #stream(key: string, source: StreamSource, { caller }: Session): LiveStream {
    const known = this.#streams.get(key);
    if (known) return known.stream;
    const stream = new LiveStream(source, this.#options.logger, () => this.#streams.delete(key));
    this.#streams.set(key, { stream, caller });
    return stream;
  }
}
