import type { GraphQLDataSource } from '@apollo/gateway';
import { identityHeader } from '@localplus/identity';
import type { Logger } from '@localplus/logging';
import { type GraphQLFormattedError, Kind, parse } from 'graphql';
import { Pool } from 'undici';
import { catalogue } from '../errors/catalogue.ts';
import {
  subgraphConnectionsMax,
  subgraphConnectTimeoutMs,
  subgraphResponseBytesMax,
  subgraphTimeoutMs,
} from '../limits/limits.ts';
import type { SubgraphContext } from './supergraph.ts';

type SubgraphRequest = Parameters<GraphQLDataSource<SubgraphContext>['process']>[0];
type SubgraphResponse = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** Idle connections go before the subgraph closes them (65 s), so that none is used while it is being closed. */
const idleConnectionMs = 30_000;
/** Entities that share the fate of one failed request are named one by one, up to this many. */
const failedEntitiesNamedMax = 100;
/** What a proxy answers in place of a subgraph that is gone. */
const unavailableStatuses = new Set([502, 503, 504]);

/** The subgraph gave no answer: nothing is known of the outcome. */
export class SubgraphUnavailable extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'SubgraphUnavailable';
  }
}

/** Names the fields that a request without an answer leaves empty, in the terms of the subgraph's own answer. */
function failedPaths({ query = '', variables }: SubgraphRequest['request']): (string | number)[][] {
  const representations: unknown = variables?.representations;
  if (Array.isArray(representations)) {
    return representations.slice(0, failedEntitiesNamedMax).map((_representation, index) => ['_entities', index]);
  }
  const operation = parse(query).definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return (operation?.selectionSet.selections ?? []).flatMap((field) =>
    field.kind === Kind.FIELD ? [[(field.alias ?? field.name).value]] : [],
  );
}

function readAnswer(status: number, text: string): SubgraphResponse {
  let answer: SubgraphResponse | null;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    if (unavailableStatuses.has(status)) throw new SubgraphUnavailable(`it answered with status ${status}`);
    throw new Error(`A subgraph answered with status ${status} and no JSON.`, { cause: error });
  }
  if (answer?.data || answer?.errors) return answer;
  throw new Error(`A subgraph answered with status ${status} and neither data nor errors.`);
}

/**
 * Sends the gateway's requests to one subgraph, over connections that stay open. Nothing is sent twice: whether a
 * mutation may be repeated is for the client to decide, which has the idempotency key.
 */
export class SubgraphSource implements GraphQLDataSource<SubgraphContext> {
  readonly address: URL;
  readonly #name: string;
  readonly #pool: Pool;
  readonly #logger: Logger;

  constructor(name: string, address: URL, logger: Logger) {
    this.#name = name;
    this.address = address;
    this.#logger = logger;
    this.#pool = new Pool(address.origin, {
      connections: subgraphConnectionsMax,
      pipelining: 1,
      connectTimeout: subgraphConnectTimeoutMs,
      headersTimeout: subgraphTimeoutMs,
      bodyTimeout: subgraphTimeoutMs,
      keepAliveTimeout: idleConnectionMs,
      maxResponseSize: subgraphResponseBytesMax,
    });
  }

  /** For @apollo/gateway: a subgraph that does not answer is an error of its own fields. */
  async process({ request, context }: SubgraphRequest): Promise<SubgraphResponse> {
    try {
      return await this.send(request, context);
    } catch (error) {
      if (!(error instanceof SubgraphUnavailable)) throw error;
      this.#logger.warn({ err: error, subgraph: this.#name }, 'a subgraph did not answer');
      const { message } = catalogue.SUBGRAPH_UNAVAILABLE;
      const failure = (path: (string | number)[]): GraphQLFormattedError => ({
        message,
        path,
        extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
      });
      return { errors: failedPaths(request).map(failure) };
    }
  }

  /** @throws SubgraphUnavailable, and Error for an answer that is none */
  async send({ query, variables, operationName }: SubgraphRequest['request'], { identity }: SubgraphContext) {
    const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' };
    if (identity) headers[identityHeader] = await identity();
    const body = JSON.stringify({ query, variables, operationName });
    let status: number;
    let text: string;
    try {
      const response = await this.#pool.request({
        path: this.address.pathname + this.address.search,
        method: 'POST',
        headers,
        body,
      });
      status = response.statusCode;
      text = await response.body.text();
    } catch (error) {
      if (isResponseTooLarge(error)) throw error;
      throw new SubgraphUnavailable('the connection failed', { cause: error });
    }
    return readAnswer(status, text);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

function isResponseTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
}
