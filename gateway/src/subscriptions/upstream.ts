import { identityHeader } from '@localplus/identity';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import {
  upstreamConnectTimeoutMs,
  upstreamMessageBytesMax,
  upstreamPingIntervalMs,
  upstreamPongTimeoutMs,
} from './limits.ts';

/** One event as the subgraph sent it. */
export type UpstreamResult = FormattedExecutionResult<Record<string, unknown>, unknown>;

/** Why a stream of a subgraph ended. */
export type UpstreamEnd =
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLFormattedError[] }
  | { readonly kind: 'completed' }
  | { readonly kind: 'lost'; readonly reason: unknown };

interface UpstreamRequest {
  /** The subgraph's HTTP address; its WebSocket stands at the same. */
  address: URL;
  query: string;
  variables: Record<string, unknown>;
  identity: () => Promise<string>;
}

interface UpstreamSink {
  event(result: UpstreamResult): void;
  /** Called once, and never after the caller has closed the stream. */
  end(end: UpstreamEnd): void;
}

/** The library opens its socket without limits; this one has them. */
class UpstreamSocket extends WebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol, {
      handshakeTimeout: upstreamConnectTimeoutMs,
      maxPayload: upstreamMessageBytesMax,
      perMessageDeflate: false,
    });
  }
}

function toWebSocketAddress(address: URL): string {
  const url = new URL(address);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

function isRefusal(reason: unknown): reason is readonly GraphQLFormattedError[] {
  return Array.isArray(reason);
}

/**
 * Opens one stream at a subgraph over a socket of its own: the identity goes with the socket's first message and is valid
 * for a minute, so a socket that was opened earlier could not carry another subscription.
 * @returns closes the stream and its socket
 */
export function openUpstream({ address, query, variables, identity }: UpstreamRequest, sink: UpstreamSink): () => void {
  let isOver = false;
  let socket: UpstreamSocket | undefined;
  let pongTimeout: NodeJS.Timeout | undefined;
  const finish = (end: UpstreamEnd) => {
    if (isOver) return;
    isOver = true;
    sink.end(end);
  };

  const client = createClient({
    url: toWebSocketAddress(address),
    webSocketImpl: UpstreamSocket,
    retryAttempts: 0,
    connectionAckWaitTimeout: upstreamConnectTimeoutMs,
    keepAlive: upstreamPingIntervalMs,
    connectionParams: async () => ({ [identityHeader]: await identity() }),
    on: {
      opened: (opened) => {
        if (opened instanceof UpstreamSocket) socket = opened;
      },
      ping: (isReceived) => {
        if (!isReceived) pongTimeout = setTimeout(() => socket?.terminate(), upstreamPongTimeoutMs);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pongTimeout);
      },
      closed: () => clearTimeout(pongTimeout),
    },
  });
  const unsubscribe = client.subscribe<Record<string, unknown>>(
    { query, variables },
    {
      next: (result) => {
        if (!isOver) sink.event(result);
      },
      error: (reason) => finish(isRefusal(reason) ? { kind: 'refused', errors: reason } : { kind: 'lost', reason }),
      complete: () => finish({ kind: 'completed' }),
    },
  );
  return () => {
    isOver = true;
    unsubscribe();
  };
}
