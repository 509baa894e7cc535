import type { RawData, WebSocket } from 'ws';
import type { Authenticated } from '../authentication/authenticator.ts';
import { requestFailure } from '../errors/request-failure.ts';
import { bufferedBytesMax, pingIntervalMs } from '../limits/limits.ts';

/** Close codes of the protocol (graphql-transport-ws) and of WebSocket itself, as clients know them. */
export const closeCodes = {
  normal: 1000,
  goingAway: 1001,
  tryAgainLater: 1013,
  /** Nobody said who is there; clients do not try again. */
  unauthorized: 4401,
  /** The token has come to its end; clients try again with a new one. */
  forbidden: 4403,
  internalError: 4500,
} as const;

/** Who is at the other end, or why that is not known. */
export type SocketIdentity = { readonly who: Authenticated } | { readonly failure: unknown };

/** One client's socket: its identity, its timers, its share of the limits. */
export class ClientSocket {
  readonly #socket: WebSocket;
  readonly #closed: Promise<void>;
  #identity: SocketIdentity = { failure: requestFailure('UNAUTHENTICATED') };
  #lifetime: NodeJS.Timeout | undefined;
  #executing = 0;
  #isDraining = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.#keepAlive();
  }

  /** Resolves when the socket is closed. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** Says who is there. @throws what `identify` was told, and TOKEN_EXPIRED after the token's end */
  authenticated(): Authenticated {
    if ('failure' in this.#identity) throw this.#identity.failure;
    const { who } = this.#identity;
    if (who.kind === 'login' && who.expiresAtMs <= Date.now()) throw requestFailure('TOKEN_EXPIRED');
    return who;
  }

  /** Notes who is there, and closes the socket with the code when the time is over. */
  identify(identity: SocketIdentity, lifetimeMs: number, code: number, reason: string): void {
    this.#identity = identity;
    clearTimeout(this.#lifetime);
    this.#lifetime = setTimeout(() => this.close(code, reason), lifetimeMs);
  }

  onMessage(handler: (data: RawData) => void): void {
    this.#socket.on('message', handler);
  }

  /** Sends a message; resolves when it has left. A client that lets too much pile up is dropped. */
  async send(data: string): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > bufferedBytesMax) {
      socket.terminate();
      return;
    }
    // A socket that closes meanwhile ends its operations by itself: a message that it missed is no failure of ours.
    await new Promise<void>((resolve) => socket.send(data, () => resolve()));
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Counts a query or mutation that must not be cut off. */
  operationStarted(): void {
    this.#executing += 1;
  }

  operationEnded(): void {
    this.#executing -= 1;
    if (this.#isDraining && this.#executing === 0) this.close(closeCodes.goingAway, 'Going away');
  }

  /** Closes the socket once its queries and mutations are answered. */
  drain(): void {
    this.#isDraining = true;
    if (this.#executing === 0) this.close(closeCodes.goingAway, 'Going away');
  }

  #keepAlive(): void {
    const socket = this.#socket;
    let isAnswered = true;
    const ping = setInterval(() => {
      if (!isAnswered) return socket.terminate();
      isAnswered = false;
      socket.ping();
    }, pingIntervalMs);
    socket.on('pong', () => {
      isAnswered = true;
    });
    socket.once('close', () => {
      clearInterval(ping);
      clearTimeout(this.#lifetime);
    });
  }
}
