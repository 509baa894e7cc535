import { identityHeader } from '@localplus/identity';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** What a subscription of `balanceChanged` brings. */
export interface StreamedChange {
  cursor: string;
  version: string;
  skipped: number;
  kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what its own query asked for
  [field: string]: any;
}

/** One subscription on a socket of its own. */
export interface Stream {
  /** Waits for the next change. @throws the errors that the server answered with */
  next(): Promise<StreamedChange>;
  /** Waits for as many. */
  take(count: number): Promise<StreamedChange[]>;
  /** Stops reading from the network, as a client that hangs does. */
  pause(): void;
  resume(): void;
  /** Ends the subscription. */
  unsubscribe(): Promise<void>;
  /** Cuts the connection without a word. */
  cut(): void;
}

/** Subscribes over graphql-ws with an internal identity. */
export function subscribe(url: string, identity: string, query: string, variables: Record<string, unknown>): Stream {
  let socket: WebSocket | undefined;
  class OwnSocket extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols);
      socket = this;
    }
  }
  const client = createClient({
    url: `ws://${url}`,
    webSocketImpl: OwnSocket,
    connectionParams: { [identityHeader]: identity },
    retryAttempts: 0,
  });
  const events = client.iterate<{ balanceChanged: StreamedChange }>({ query, variables });

  const next = async () => {
    const { value } = await events.next();
    if (value?.errors) throw Object.assign(new Error(value.errors[0]?.message), { errors: value.errors });
    if (!value?.data) throw new Error('the stream ended');
    return value.data.balanceChanged;
  };
  return {
    next,
    take: async (count) => {
      const taken: StreamedChange[] = [];
      while (taken.length < count) taken.push(await next());
      return taken;
    },
    pause: () => socket?.pause(),
    resume: () => socket?.resume(),
    unsubscribe: async () => {
      await events.return?.();
      await client.dispose();
    },
    cut: () => socket?.terminate(),
  };
}
