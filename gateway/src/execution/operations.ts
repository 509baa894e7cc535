import { type ExecutionResult, OperationTypeNode } from 'graphql';
import type { Authenticated } from '../authentication/authenticator.ts';
import type { CallerResolver } from '../authentication/caller-resolver.ts';
import type { Session } from '../authentication/session.ts';
import type { ClientErrors, RequestTrace } from '../errors/client-errors.ts';
import { type RequestFailure, requestFailure } from '../errors/request-failure.ts';
import { operationsInFlightMax, overloadRetryAfterMs } from '../limits/limits.ts';
import type { PlannedOperation } from '../supergraph/supergraph.ts';
import type { Generation, Generations } from './generations.ts';
import { chooseOperation, type PreparedOperation } from './prepared-document.ts';
import { holdsScopes } from './required-scopes.ts';
import { readVariables } from './variables.ts';

/** One operation as it came, whatever brought it. */
export interface OperationRequest {
  query: string;
  operationName?: string | null | undefined;
  variables?: Readonly<Record<string, unknown>> | null | undefined;
  /** The kinds of operation that the transport carries. */
  allowed: readonly OperationTypeNode[];
  /** Says who asks. @throws RequestFailure for somebody unknown */
  authenticate: () => Promise<Authenticated>;
  requestId: string;
}

/** An operation that is checked and may be executed. */
export interface ReadyOperation {
  readonly kind: OperationTypeNode;
  readonly generation: Generation;
  readonly planned: PlannedOperation;
  /** Absent for introspection, which asks no subgraph. */
  readonly session: Session | undefined;
  readonly trace: RequestTrace;
}

/** What a client gets; without `data` the operation failed as a whole. */
export interface OperationResult {
  data?: ExecutionResult['data'];
  errors?: readonly RequestFailure[];
}

interface OperationsOptions {
  generations: Generations;
  callers: CallerResolver;
  errors: ClientErrors;
  /** Whether somebody without a token may read the schema. */
  isIntrospectionOpen: boolean;
}

/** The way of every operation, over HTTP and over sockets: who, what, whether, and only then the work. */
export class Operations {
  readonly #options: OperationsOptions;
  #inFlight = 0;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  /** @throws RequestFailure, RequestFailures */
  async prepare(request: OperationRequest): Promise<ReadyOperation> {
    if (this.#inFlight >= operationsInFlightMax) {
      throw requestFailure('OVERLOADED', { details: { retryAfterMs: overloadRetryAfterMs } });
    }
    const { isIntrospectionOpen } = this.#options;
    const authenticated = isIntrospectionOpen
      ? await settle(request.authenticate())
      : { value: await request.authenticate() };

    const generation = this.#options.generations.current;
    const prepared = generation.documents.prepare(request.query);
    const operation = chooseOperation(prepared, request.operationName);
    const { definition } = operation;
    if (!request.allowed.includes(definition.operation)) throw requestFailure('METHOD_NOT_ALLOWED');
    const variables = readVariables(generation.supergraph.schema, definition, request.variables);
    const { document, hash: documentHash } = prepared;
    const planned = { document, documentHash, operationName: operation.name, variables };
    const ready = { kind: definition.operation, generation, planned };
    const trace = { requestId: request.requestId, operationName: operation.name };
    if (operation.isIntrospection) return { ...ready, session: undefined, trace };

    if ('failure' in authenticated) throw authenticated.failure;
    const session = await this.#options.callers.resolve(authenticated.value);
    checkRights(operation, session);
    if (definition.operation === OperationTypeNode.SUBSCRIPTION) generation.subscriptions.plan(planned);
    return { ...ready, session, trace };
  }

  /** Executes a query or mutation. Never throws: what goes wrong stands in the result as the client may see it. */
  async execute({ generation, planned, session, trace }: ReadyOperation): Promise<OperationResult> {
    const { errors: clientErrors } = this.#options;
    this.#inFlight += 1;
    try {
      const result = await generation.supergraph.execute(planned, session ? { identity: session.identity } : {});
      const errors = result.errors?.length ? clientErrors.ofResult(result.errors, trace) : undefined;
      return { ...('data' in result ? { data: result.data } : {}), ...(errors ? { errors } : {}) };
    } catch (error) {
      return { errors: clientErrors.ofRequest(error, trace) };
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** Begins a subscription. */
  subscribe({ generation, planned, session, trace }: ReadyOperation): AsyncIterableIterator<ExecutionResult> {
    if (!session) throw new Error('A subscription was prepared without a caller.');
    return generation.subscriptions.subscribe({ operation: planned, session, trace });
  }
}

/** While it is unknown whether the caller is staff, a mutation would be refused for a right that may exist. */
function checkRights({ definition, requiredScopes }: PreparedOperation, session: Session): void {
  const isMutation = definition.operation === OperationTypeNode.MUTATION;
  if (isMutation && !session.knowsMemberships) throw requestFailure('SUBGRAPH_UNAVAILABLE');
  if (!holdsScopes(session.caller, requiredScopes)) throw requestFailure('FORBIDDEN');
}

async function settle<Value>(promise: Promise<Value>): Promise<{ value: Value } | { failure: unknown }> {
  try {
    return { value: await promise };
  } catch (failure) {
    return { failure };
  }
}
