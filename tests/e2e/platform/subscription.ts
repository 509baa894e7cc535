import { createClient, type ExecutionResult } from 'graphql-ws';
import { WebSocket } from 'ws';

const eventTimeoutMs = 15_000;

/** An open subscription whose events are taken one after the other. */
export interface Subscription<Data> {
  /** The next event. @throws when none comes in time, the subscription ended, or the event has errors */
  next(timeoutMs?: number): Promise<Data>;
  /** The next events, as many as asked for. */
  take(count: number, timeoutMs?: number): Promise<Data[]>;
  /** Waits until an event is there to be taken; false when none came in time. @throws when the subscription ended */
  hasEvent(timeoutMs: number): Promise<boolean>;
  /** How many events wait to be taken. */
  readonly waiting: number;
  /** Ends the subscription and closes its socket. */
  close(): Promise<void>;
}

/** How a subscription is opened. */
export interface SubscriptionRequest {
  url: string;
  token?: string;
  query: string;
  variables?: Record<string, unknown>;
  /** Called with each event the moment it arrives. */
  onEvent?: (receivedAtMs: number) => void;
}

/** Opens a socket of its own, and one subscription on it. */
export function openSubscription<Data>({
  url,
  token,
  query,
  variables,
  onEvent,
}: SubscriptionRequest): Subscription<Data> {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    lazy: true,
    retryAttempts: 0,
    ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
  });
  const events: ExecutionResult<Data>[] = [];
  let ended: { reason: unknown } | undefined;
  let wake: () => void = () => undefined;

  const unsubscribe = client.subscribe<Data>(
    { query, ...(variables ? { variables } : {}) },
    {
      next: (event) => {
        onEvent?.(performance.now());
        events.push(event as ExecutionResult<Data>);
        wake();
      },
      error: (reason) => {
        ended = { reason };
        wake();
      },
      complete: () => {
        ended ??= { reason: 'completed' };
        wake();
      },
    },
  );

  const hasEvent = async (timeoutMs: number): Promise<boolean> => {
    const deadline = performance.now() + timeoutMs;
    while (events.length === 0) {
      if (ended) throw new Error(`The subscription ended: ${describe(ended.reason)}`);
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  };
  const next = async (timeoutMs = eventTimeoutMs): Promise<Data> => {
    if (!(await hasEvent(timeoutMs))) throw new Error(`No event came within ${timeoutMs} ms.`);
    const event = events.shift();
    if (!event?.data || event.errors) throw new Error(`An event came with errors: ${JSON.stringify(event)}`);
    return event.data;
  };

  return {
    hasEvent,
    next,
    take: async (count, timeoutMs = eventTimeoutMs) => {
      const deadline = performance.now() + timeoutMs;
      const taken: Data[] = [];
      while (taken.length < count) taken.push(await next(Math.max(1, deadline - performance.now())));
      return taken;
    },
    get waiting() {
      return events.length;
    },
    close: async () => {
      unsubscribe();
      await client.dispose();
    },
  };
}

function describe(reason: unknown): string {
  if (reason instanceof Error) return reason.message;
  if (typeof reason === 'object' && reason !== null && 'code' in reason) {
    return `${String(reason.code)} ${'reason' in reason ? String(reason.reason) : ''}`;
  }
  return JSON.stringify(reason);
}
