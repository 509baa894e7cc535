import type { Logger } from '@localplus/logging';
import { requestFailure } from '../errors/request-failure.ts';
import { BackOff } from './back-off.ts';
import { firstAnswerLimitMs, pendingEventsMax, reconnectLimitMs } from './limits.ts';
import { Mailbox } from './mailbox.ts';
import type { StreamEvent } from './stream-event.ts';
import { StreamRefused } from './stream-refused.ts';
import type { StreamSource } from './stream-source.ts';
import type { UpstreamEnd } from './upstream.ts';

/** Who watches a stream. */
export interface StreamListener {
  event(event: StreamEvent): void;
  end(failure: unknown): void;
}

/**
 * One stream of a subgraph, shared by all clients that may see the same. It hands on every version once and in order:
 * a gap, in the stream or across a lost connection, is filled before anything newer is handed on. It ends when nobody
 * watches any more.
 */
export class LiveStream {
  readonly #source: StreamSource;
  readonly #logger: Logger;
  readonly #onEnd: () => void;
  readonly #listeners = new Set<StreamListener>();
  readonly #closing = new AbortController();
  readonly #backOff = new BackOff();
  #latest: StreamEvent | undefined;
  #disconnect: () => void = () => undefined;

  constructor(source: StreamSource, logger: Logger, onEnd: () => void) {
    this.#source = source;
    this.#logger = logger;
    this.#onEnd = onEnd;
    this.#run().catch((error: unknown) => this.end(error));
  }

  /**
   * Adds a listener. It gets the newest event that is known, now or as soon as there is one, and then every newer one.
   * @returns takes the listener away; the last one closes the stream at once
   */
  join(listener: StreamListener): () => void {
    this.#listeners.add(listener);
    if (this.#latest) listener.event(this.#latest);
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#close();
    };
  }

  /** Ends the stream for everybody. */
  end(failure: unknown): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    this.#close();
    for (const listener of listeners) listener.end(failure);
  }

  #close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#disconnect();
    this.#onEnd();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const end = await this.#followConnection();
      if (signal.aborted) return;
      const failure = this.#failureAfter(end);
      if (failure) return this.end(failure);
      await this.#backOff.wait(signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  /** What the clients are told when the stream cannot go on; undefined when it is worth another attempt. */
  #failureAfter(end: UpstreamEnd): unknown {
    const isFirst = this.#latest === undefined;
    const refusal = end.kind === 'refused' ? new StreamRefused(end.errors) : undefined;
    if (refusal && (isFirst || refusal.isLasting)) return refusal;
    if (!this.#backOff.hasLasted(isFirst ? firstAnswerLimitMs : reconnectLimitMs)) return undefined;
    this.#logger.error({ end }, 'a stream of a subgraph could not be held');
    return requestFailure('SUBGRAPH_UNAVAILABLE');
  }

  /** Reads one connection to its end. */
  async #followConnection(): Promise<UpstreamEnd> {
    const events = new Mailbox<{ event: StreamEvent | undefined }>(pendingEventsMax);
    let end: UpstreamEnd = { kind: 'completed' };
    const disconnect = this.#source.open({
      event: (event) => events.put({ event }),
      end: (reason) => {
        end = reason;
        events.end();
      },
    });
    this.#disconnect = () => {
      disconnect();
      events.close();
    };
    try {
      let isFirst = true;
      for (let next = await events.take(); next; next = await events.take()) {
        if (next.event) await this.#accept(next.event, isFirst);
        isFirst = false;
      }
    } catch (error) {
      this.#logger.warn({ err: error }, 'a gap in a stream could not be filled');
      end = { kind: 'lost', reason: error };
    } finally {
      this.#disconnect();
    }
    return end;
  }

  /**
   * Hands on what is new, once and in order. The first event of a connection repeats the newest state: after a lost
   * connection the changes behind it are read, so that clients see each of them and not only where they led.
   */
  async #accept(event: StreamEvent, isFirstOfConnection: boolean): Promise<void> {
    const latest = this.#latest;
    if (latest && event.version > latest.version && (isFirstOfConnection || event.version > latest.version + 1n)) {
      await this.#fillGap(latest, event);
    }
    this.#publish(event);
    this.#backOff.succeeded();
  }

  async #fillGap(latest: StreamEvent, event: StreamEvent): Promise<void> {
    const missed = await this.#source.missed(latest.cursor);
    // More than a page: the newest event alone is handed on, and says how many it skipped.
    if (missed.isComplete(event.version)) for (const change of missed.events) this.#publish(change);
  }

  #publish(event: StreamEvent): void {
    if (this.#latest && event.version <= this.#latest.version) return;
    this.#latest = event;
    for (const listener of this.#listeners) listener.event(event);
  }
}
