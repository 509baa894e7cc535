import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HealthState } from '@localplus/lifecycle';
import type { Logger } from '@localplus/logging';
import { httpStatusOf, newRequestId } from '../errors/client-errors.ts';
import { requestFailure } from '../errors/request-failure.ts';
import type { GraphiqlPage } from '../graphiql/page.ts';
import { drainLimitMs, headersTimeoutMs, keepAliveTimeoutMs, requestTimeoutMs } from '../limits/limits.ts';
import type { SocketServer } from '../web-socket/socket-server.ts';
import type { createGraphqlHandler } from './graphql-handler.ts';

interface HttpServerOptions {
  bindAddress: string;
  /** 0 lets the system choose. */
  port: number;
  graphql: ReturnType<typeof createGraphqlHandler>;
  sockets: SocketServer;
  health: HealthState;
  logger: Logger;
  /** The page for a browser that opens `/graphql`; absent outside development. */
  graphiqlPage?: (() => Promise<GraphiqlPage>) | undefined;
}

/** The running front door. */
export interface HttpServer {
  port: number;
  /** Refuses new requests, closes sockets, finishes what is in flight, closes. */
  stop(): Promise<void>;
}

/** The port is another program's; the message says what to set. */
export class PortTaken extends Error {
  constructor(port: number) {
    super(`Port ${port} is taken: set GATEWAY_PORT to a free port.`);
    this.name = 'PortTaken';
  }
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/**
 * Whether the Host header can stand in an address. yoga makes one of it before anything of ours is asked, and answers
 * where it cannot with a stack trace.
 */
function hasUsableHost({ headers }: IncomingMessage): boolean {
  return headers.host === undefined || URL.canParse(`http://${headers.host}`);
}

/** Names under which a browser on this machine reaches the gateway. Any other may be a foreign page's that was pointed here. */
const localNames = ['127.0.0.1', 'localhost', '[::1]'];

function isLocal({ headers }: IncomingMessage): boolean {
  return localNames.includes((headers.host ?? '').replace(/:\d+$/, ''));
}

function wantsPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

function createRouter({ graphql, health, graphiqlPage }: HttpServerOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.split('?')[0];
    if (path === '/health/live') return answerJson(response, 200, { status: 'ok' });
    if (path === '/health/ready') {
      return answerJson(response, health.isReady ? 200 : 503, {
        status: health.isReady ? 'ok' : 'unready',
        reasons: health.reasons,
      });
    }
    if (path !== '/graphql') return answerJson(response, 404, { status: 'not found' });
    if (graphiqlPage && wantsPage(request)) {
      // The page holds tokens: whoever gets to read it may do everything.
      if (!isLocal(request)) return answerJson(response, 403, { status: 'open GraphiQL under 127.0.0.1 or localhost' });
      const { html, headers } = await graphiqlPage();
      response.writeHead(200, headers);
      response.end(html);
      return;
    }
    if (!hasUsableHost(request)) {
      const failure = requestFailure('BAD_REQUEST', { message: 'The Host header is malformed.' });
      return answerJson(response, httpStatusOf(failure).status, { errors: [failure] });
    }
    const requestId = newRequestId();
    response.setHeader('x-request-id', requestId);
    response.setHeader('cache-control', 'no-store');
    await graphql(request, response, { requestId });
  };
}

function listen(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortTaken(port) : error),
    );
    server.listen(port, address, resolve);
  });
}

/**
 * Opens the gateway's port: GraphQL over HTTP and WebSocket at `/graphql`, probes at `/health/live` and `/health/ready`.
 * @throws PortTaken, and Error when the address cannot be bound
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { sockets, health, logger, port, bindAddress } = options;
  const route = createRouter(options);
  const server = createServer((request, response) => {
    // A connection that is kept alive would outlive the drain that its last answer ended.
    response.once('finish', () => {
      if (!health.isReady) setImmediate(() => server.closeIdleConnections());
    });
    route(request, response).catch((error: unknown) => {
      logger.error({ err: error }, 'a request could not be answered');
      if (response.headersSent) response.destroy();
      else answerJson(response, 500, { status: 'failed' });
    });
  });
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  await listen(server, port, bindAddress);

  const drain = async () => {
    health.unready('draining');
    const limit = setTimeout(() => {
      sockets.terminate();
      server.closeAllConnections();
    }, drainLimitMs);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await Promise.all([sockets.drain(), closed]);
    clearTimeout(limit);
  };
  let drained: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      drained ??= drain();
      return drained;
    },
  };
}
