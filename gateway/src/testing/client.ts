import { createClient, type FormattedExecutionResult } from 'graphql-ws';
import { WebSocket } from 'ws';

/** What the gateway answered. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string; requestId?: string } }[];
}

/** Sends a body as it is. */
export async function sendBody(url: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Answer> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, duplex: 'half' };
  const response = await fetch(url, init as RequestInit);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    ...(text.startsWith('{') ? JSON.parse(text) : {}),
  };
}

/** Sends an operation with a token. */
export function send(
  url: string,
  token: string | undefined,
  query: string,
  variables?: Record<string, unknown>,
): Promise<Answer> {
  return sendBody(url, JSON.stringify({ query, variables }), token ? { authorization: `Bearer ${token}` } : {});
}

/** Waits until something is so. @throws when it does not become so */
export async function until(isSo: () => boolean, whatFor: string, timeoutMs = 5_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`It did not come to this: ${whatFor}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

type Event = FormattedExecutionResult<Record<string, unknown>>;

/** Opens a socket with one operation on it, and keeps what comes. */
export function open(url: string, token: string | undefined, query: string, variables?: Record<string, unknown>) {
  const events: Event[] = [];
  const ended: { errors?: readonly { message: string; extensions?: { code?: string } }[]; close?: unknown }[] = [];
  let socket: WebSocket | undefined;
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(token ? { connectionParams: { authorization: `Bearer ${token}` } } : {}),
    on: {
      opened: (opened) => {
        socket = opened as WebSocket;
      },
    },
  });
  const unsubscribe = client.subscribe(
    { query, ...(variables ? { variables } : {}) },
    {
      next: (event) => events.push(event as Event),
      error: (reason) => ended.push(Array.isArray(reason) ? { errors: reason } : { close: reason }),
      complete: () => ended.push({}),
    },
  );
  return {
    events,
    ended,
    /** The code of the failure that ended the operation, in an error frame or in a result without data. */
    code: () => (ended[0]?.errors ?? events.find(({ data }) => !data)?.errors)?.[0]?.extensions?.code,
    unsubscribe,
    socket: () => {
      if (!socket) throw new Error('The socket is not open yet.');
      return socket;
    },
    close: async () => {
      unsubscribe();
      await client.dispose();
    },
  };
}

export type OpenOperation = ReturnType<typeof open>;
