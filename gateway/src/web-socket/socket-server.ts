import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '@localplus/logging';
import { handleProtocols, type Server } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { requestBytesMax, socketsMax, socketsPerAddressMax } from '../limits/limits.ts';
import { ClientSocket, closeCodes } from './client-socket.ts';
import type { SocketExtra } from './protocol.ts';
import { SocketCounts } from './socket-counts.ts';

const path = '/graphql';

interface SocketServerOptions {
  protocol: Server<SocketExtra>;
  logger: Logger;
}

/** Accepts WebSockets at `/graphql` and speaks the protocol on them. */
export class SocketServer {
  readonly #options: SocketServerOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    handleProtocols,
    maxPayload: requestBytesMax,
    perMessageDeflate: false,
  });
  readonly #clients = new Set<ClientSocket>();
  readonly #addresses = new SocketCounts();
  #isDraining = false;

  constructor(options: SocketServerOptions) {
    this.#options = options;
  }

  /** Takes over an HTTP connection that asks for the change of protocol. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = request.socket.remoteAddress ?? '';
    const refusal = this.#refusalOf(request, address);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    socket.once('close', () => this.#addresses.leave(address));
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket));
  }

  /** Takes no more sockets, and closes each with 1001 once its queries and mutations are answered. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    for (const client of this.#clients) client.drain();
    await Promise.all([...this.#clients].map((client) => client.closed));
  }

  /** Cuts what is left. */
  terminate(): void {
    for (const client of this.#clients) client.terminate();
  }

  /** The HTTP status that a connection is refused with; one that is not refused has taken its place. */
  #refusalOf({ url }: IncomingMessage, address: string): string | undefined {
    if (url?.split('?')[0] !== path) return '404 Not Found';
    if (this.#isDraining || this.#clients.size >= socketsMax) return '503 Service Unavailable';
    return this.#addresses.enter(address, socketsPerAddressMax) ? undefined : '429 Too Many Requests';
  }

  #serve(webSocket: WebSocket): void {
    const { protocol, logger } = this.#options;
    const client = new ClientSocket(webSocket);
    this.#clients.add(client);
    // A broken frame or one that is too large: the socket closes itself with the code that says so.
    webSocket.on('error', (error) => logger.debug({ err: error }, 'a socket was closed for an error of its client'));
    const closed = protocol.opened(
      {
        protocol: webSocket.protocol,
        send: (data) => client.send(data),
        close: (code = closeCodes.normal, reason = '') => client.close(code, reason),
        onMessage: (receive) =>
          client.onMessage((data) => {
            receive(data.toString()).catch((error: unknown) => {
              logger.error({ err: error }, 'a message of a socket could not be handled');
              client.close(closeCodes.internalError, 'Internal server error');
            });
          }),
      },
      { client },
    );
    webSocket.once('close', (code, reason) => {
      this.#clients.delete(client);
      closed(code, reason.toString()).catch((error: unknown) => {
        logger.error({ err: error }, 'the operations of a closed socket could not be ended');
      });
    });
  }
}
