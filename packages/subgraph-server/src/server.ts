import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Caller, IdentityRefused, type IdentityVerifier, identityHeader } from '@localplus/identity';
import type { HealthState } from '@localplus/lifecycle';
import type { Logger } from '@localplus/logging';
import type { Metrics } from '@localplus/metrics';
import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { maskError } from './mask-error.ts';
import { requestFailure } from './request-failure.ts';
import { serveSubscriptions } from './subscriptions.ts';

/** Longer than the gateway keeps an idle connection (30 s), so that it never sends into one that is closing. */
const keepAliveTimeoutMs = 65_000;
/** How long requests in flight may take at the end. */
const drainLimitMs = 1_500;

/** What every resolver finds in its context. */
export interface CallerContext {
  caller: Caller;
}

interface SubgraphServerOptions<Context extends CallerContext> {
  name: string;
  schema: GraphQLSchema;
  bindAddress: string;
  /** 0 lets the system choose. */
  port: number;
  verifier: IdentityVerifier;
  /** Makes the context of one request: loaders belong to a request, so that one caller never sees what another loaded. */
  createContext: (caller: Caller) => Context;
  health: HealthState;
  /** Served at `/metrics`; the port is not for the public. */
  metrics?: Metrics;
  logger: Logger;
}

/** The HTTP side of a running subgraph. */
export interface SubgraphServer {
  port: number;
  /** Refuses new requests, ends sockets, finishes what is in flight, closes. */
  stop(): Promise<void>;
}

/**
 * Serves a subgraph: GraphQL over HTTP and graphql-ws at `/graphql`, probes at `/health/live` and `/health/ready`, metrics at
 * `/metrics`.
 * Only requests that bear an internal identity are answered, and only the gateway's know persons and partners.
 * @throws when the port cannot be bound
 */
export async function startSubgraphServer<Context extends CallerContext>(
  options: SubgraphServerOptions<Context>,
): Promise<SubgraphServer> {
  const { schema, verifier, createContext, health, metrics, logger } = options;
  const yoga = createYoga({
    schema,
    logging: false,
    landingPage: false,
    graphiql: false,
    cors: false,
    maskedErrors: { maskError: (error) => maskError(error, logger) },
    context: async ({ request }: { request: Request }) => {
      try {
        return createContext(await verifier.verify(request.headers.get(identityHeader) ?? undefined));
      } catch (error) {
        if (error instanceof IdentityRefused) throw requestFailure('UNAUTHENTICATED', error.message);
        throw error;
      }
    },
  });

  const server = createServer((request, response) => {
    if (request.url === '/health/live' || request.url === '/health/ready') {
      const isWell = request.url === '/health/live' || health.isReady;
      response.writeHead(isWell ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: isWell ? 'ok' : 'unready', reasons: health.reasons }));
      return;
    }
    if (request.url === '/metrics' && metrics) {
      void answerMetrics(metrics, response, logger);
      return;
    }
    // yoga makes an address of the Host header, and answers where it cannot with a stack trace.
    if (request.headers.host !== undefined && !URL.canParse(`http://${request.headers.host}`)) {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [requestFailure('BAD_USER_INPUT', 'The Host header is malformed.')] }));
      return;
    }
    void yoga(request, response);
  });
  server.keepAliveTimeout = keepAliveTimeoutMs;
  const subscriptions = serveSubscriptions({ server, schema, verifier, createContext, logger });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.bindAddress, () => {
      server.off('error', reject);
      resolve();
    });
  });

  const drain = async () => {
    health.unready('draining');
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await subscriptions.stop();
    server.closeIdleConnections();
    const limit = setTimeout(() => server.closeAllConnections(), drainLimitMs);
    await closed;
    clearTimeout(limit);
  };
  let drained: Promise<void> | undefined;
  return { port: (server.address() as AddressInfo).port, stop: () => (drained ??= drain()) };
}

async function answerMetrics(metrics: Metrics, response: ServerResponse, logger: Logger): Promise<void> {
  try {
    const text = await metrics.read();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  } catch (error) {
    logger.error({ err: error }, 'the metrics could not be read');
    response.writeHead(500).end();
  }
}
