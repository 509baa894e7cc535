import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Caller, IdentityRefused, type IdentityVerifier, identityHeader } from '@localplus/identity';
import type { HealthState } from '@localplus/lifecycle';
import type { Logger } from '@localplus/logging';
import type { Metrics } from '@localplus/metrics';
import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { maskError } from './mask-error.ts';
import { requestFailure } from './request-failure.ts';
import { serveSubscriptions } from './subscriptions.ts';

/** Longer than the gateway keeps an idle connection (30 s), so that it never sends into one that is closing. */
const keepAliveTimeoutMs = 65_000;
/** How long requests in flight may take at the end. */
const drainLimitMs = 1_500;

/** Room for the representations of a hundred thousand entities, which is more than any answer of the gateway has. */
const bodyBytesMax = 10_000_000;

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
    // Refused by its length before it is read (below), without a stream of its own around every body.
    maxRequestBodySize: false,
    maskedErrors: { maskError: (error) => maskError(error, logger) },
    plugins: [resolversSeeTheirOwnContext<Context>()],
    context: async ({ request }: { request: Request }) => {
      try {
        return { own: createContext(await verifier.verify(request.headers.get(identityHeader) ?? undefined)) };
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
    const refusal = refusalOf(request);
    if (refusal) {
      response.writeHead(refusal.status, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify({ errors: [requestFailure('BAD_USER_INPUT', refusal.message)] }));
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

/** Why a request is not even given to yoga. */
function refusalOf({ headers }: IncomingMessage): { status: number; message: string } | undefined {
  if (headers['transfer-encoding'] !== undefined)
    return { status: 411, message: 'A body has to say its Content-Length.' };
  if (Number(headers['content-length'] ?? 0) > bodyBytesMax) {
    return { status: 413, message: `A body has at most ${bodyBytesMax} bytes.` };
  }
  // yoga makes an address of the Host header, and answers where it cannot with a stack trace.
  if (headers.host !== undefined && !URL.canParse(`http://${headers.host}`)) {
    return { status: 400, message: 'The Host header is malformed.' };
  }
  return undefined;
}

/**
 * Keeps the HTTP request out of what resolvers get. Libraries remember things for a context in weak maps that lead back to it, and all
 * that a context holds then outlives the collections of young garbage. Under the load of `pnpm bench:live` 204 MB did in 25 s, of 277 MB
 * with the request in it and a stream around its body.
 */
function resolversSeeTheirOwnContext<Context>(): Plugin<{ own: Context }> {
  return {
    onExecute: ({ executeFn, setExecuteFn }) => {
      setExecuteFn((args) => executeFn({ ...args, contextValue: args.contextValue.own }));
    },
  };
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
