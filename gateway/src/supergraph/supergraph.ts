import './telemetry-off.ts';
import { Supergraph as ComposedSupergraph, operationFromDocument } from '@apollo/federation-internals';
import {
  ApolloGateway,
  buildOperationContext,
  executeQueryPlan,
  type GraphQLDataSource,
  type ServiceMap,
} from '@apollo/gateway';
import { type PlanNode, QueryPlanner, type SubscriptionNode } from '@apollo/query-planner';
import type { Logger } from '@localplus/logging';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import { rememberedPlansMiB } from '../limits/limits.ts';
import { teachScalars } from './scalars.ts';
import { type ScopeRules, splitSecurityDirectives } from './security-directives.ts';

type ApolloRequest = Parameters<ApolloGateway['executor']>[0];
type ApolloLogger = ApolloRequest['logger'];

/** What data sources find beside the request. */
export interface SubgraphContext {
  /** The caller's signed internal identity; absent for introspection, which asks no subgraph. */
  identity?: () => Promise<string>;
}

/** One operation, checked, with its variables as the subgraphs are to get them. */
export interface PlannedOperation {
  document: DocumentNode;
  operationName: string | undefined;
  /** Equal for equal documents. */
  documentHash: string;
  variables: Record<string, unknown>;
}

/** A supergraph that is loaded: its schema, its plans, its subgraphs. It never changes; a reload makes another one. */
export interface Supergraph {
  /** As it was written, to tell a change from a repetition. */
  readonly text: string;
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly scopeRules: ScopeRules;
  /** Plans (or takes the plan from memory) and executes a query or mutation. */
  execute(operation: PlannedOperation, context: SubgraphContext): Promise<ExecutionResult>;
  planSubscription(operation: Pick<PlannedOperation, 'document' | 'operationName'>): SubscriptionNode;
  /** Executes a plan of the caller's making; `services` answer for the names in it that are no subgraph. */
  executePlan(
    plan: PlanNode,
    operation: PlannedOperation,
    context: SubgraphContext,
    services: ServiceMap,
  ): Promise<ExecutionResult>;
}

interface SupergraphOptions {
  /** The composed supergraph as it was written. */
  text: string;
  sourceOf: (subgraph: string) => GraphQLDataSource;
  logger: Logger;
}

function toApolloLogger(logger: Logger): ApolloLogger {
  const quiet = () => undefined;
  return {
    debug: quiet,
    info: quiet,
    warn: (message) => logger.warn(message),
    error: (message) => logger.error(message),
  };
}

/** Apollo reports fields that may not be null and are in an extension of its own, which clients would never look at. */
function withCompletionErrors({ extensions, ...result }: ExecutionResult): ExecutionResult {
  const missing = extensions?.valueCompletion as ExecutionResult['errors'];
  return missing && missing.length > 0 ? { ...result, errors: [...(result.errors ?? []), ...missing] } : result;
}

/**
 * Loads a supergraph through @apollo/gateway. The one file that knows Apollo's libraries.
 * @throws when the text is no supergraph, or asks for a security rule that the gateway does not enforce
 */
export async function loadSupergraph({ text, sourceOf, logger }: SupergraphOptions): Promise<Supergraph> {
  const { sdl, scopeRules } = splitSecurityDirectives(text);
  const services: ServiceMap = Object.create(null);
  const apolloLogger = toApolloLogger(logger);
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    logger: apolloLogger,
    experimental_approximateQueryPlanStoreMiB: rememberedPlansMiB,
    __exposeQueryPlanExperimental: false,
    buildService: ({ name }) => (services[name] = sourceOf(name)),
  });
  const { schema, executor } = await gateway.load();
  teachScalars(schema);

  // @apollo/gateway keeps its planner to itself and refuses subscriptions: they get a planner of ours.
  const composed = ComposedSupergraph.build(sdl, { validateSupergraph: false });
  const planner = new QueryPlanner(composed);
  const plannerSchema = composed.apiSchema();
  const supergraphSchema = composed.schema.toGraphQLJSSchema();

  const toApolloRequest = (operation: PlannedOperation, context: SubgraphContext) => {
    const { document, documentHash, operationName, variables } = operation;
    const request = { query: documentHash, operationName, variables };
    const shared = { logger: apolloLogger, metrics: {}, source: '', schema };
    return {
      ...shared,
      request,
      document,
      queryHash: documentHash,
      operationName: operationName ?? null,
      context,
    } as ApolloRequest;
  };

  return {
    text,
    schema,
    scopeRules,
    async execute(operation, context) {
      return withCompletionErrors(await executor(toApolloRequest(operation, context)));
    },
    planSubscription({ document, operationName }) {
      const { node } = planner.buildQueryPlan(operationFromDocument(plannerSchema, document, { operationName }));
      if (node?.kind !== 'Subscription') throw new Error('The planner made no subscription plan of a subscription.');
      return node;
    },
    async executePlan(plan, operation, context, ownServices) {
      const { document: operationDocument, operationName } = operation;
      const operationContext = buildOperationContext({ schema, operationDocument, operationName });
      const request = toApolloRequest(operation, context);
      const serviceMap = { ...services, ...ownServices };
      const queryPlan = { kind: 'QueryPlan', node: plan } as const;
      return withCompletionErrors(
        await executeQueryPlan(queryPlan, serviceMap, request, operationContext, supergraphSchema, plannerSchema),
      );
    },
  };
}
