import type { FormattedExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** What a screen shows of a change: all that the event itself says of the balances. */
const watchDocument = `subscription Watch($walletId: ID!) {
  balanceChanged(walletId: $walletId) {
    cursor version skipped kind occurredAt balances { asset { code scale } posted pending held available }
  }
}`;

interface Watched {
  balanceChanged: { version: string; skipped: number };
}

/** Where a screen connects, and as whom. */
export interface ScreenOptions {
  url: string;
  token: string;
  walletId: string;
}

/** One client's socket with one subscription, and when each version came. It never connects again: a lost socket is a fault. */
export class Screen {
  /** Resolves with the first payload, which is the wallet as it is. */
  readonly ready: Promise<void>;
  /** What should not have happened: a version left out, repeated or going back, an error, an end. */
  readonly faults: string[] = [];
  readonly #arrivedAtMs = new Map<number, number>();
  readonly #close: () => Promise<void>;
  #version: number | undefined;

  constructor({ url, token, walletId }: ScreenOptions) {
    const first = Promise.withResolvers<void>();
    this.ready = first.promise;
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    let isClosing = false;
    const ended = (reason: unknown) => {
      if (isClosing) return;
      this.faults.push(`the subscription ended: ${JSON.stringify(reason)}`);
      first.reject(new Error(this.faults.join('; '), { cause: reason }));
    };
    client.subscribe<Watched>(
      { query: watchDocument, variables: { walletId } },
      {
        next: (event) => {
          this.#take(event, Date.now());
          first.resolve();
        },
        error: ended,
        complete: () => ended('completed'),
      },
    );
    this.#close = async () => {
      isClosing = true;
      await client.dispose();
    };
  }

  /** The newest version that came; -1 before the first. */
  get version(): number {
    return this.#version ?? -1;
  }

  /** Wall clock of a version's arrival, in milliseconds; undefined when it has not come. */
  arrivalOf(version: number): number | undefined {
    return this.#arrivedAtMs.get(version);
  }

  close(): Promise<void> {
    return this.#close();
  }

  #take({ data, errors }: FormattedExecutionResult<Watched, unknown>, atMs: number): void {
    if (!data || errors) {
      this.faults.push(`an event came with errors: ${JSON.stringify(errors)}`);
      return;
    }
    const { version: text, skipped } = data.balanceChanged;
    const version = Number(text);
    const expected = (this.#version ?? version - 1) + 1;
    if (version !== expected || skipped !== 0) this.faults.push(`version ${version} came instead of ${expected}`);
    this.#arrivedAtMs.set(version, atMs);
    this.#version = version;
  }
}
