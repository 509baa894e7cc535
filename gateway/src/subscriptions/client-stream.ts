import type { ExecutionResult } from 'graphql';
import { requestFailure } from '../errors/request-failure.ts';
import { SubgraphUnavailable } from '../supergraph/subgraph-source.ts';
import { BackOff } from './back-off.ts';
import { clientQueueMax, firstAnswerLimitMs } from './limits.ts';
import type { LiveStream } from './live-stream.ts';
import { Mailbox } from './mailbox.ts';
import type { StreamEvent } from './stream-event.ts';
import { StreamRefused } from './stream-refused.ts';
import type { Missed, StreamSource } from './stream-source.ts';

interface ClientStreamOptions {
  /** The live stream to join. */
  stream: LiveStream;
  source: Pick<StreamSource, 'missed'>;
  /** The cursor of the last payload that the client has seen; undefined for one that begins. */
  after: unknown;
  /** Makes the client's answer of an event; `skipped` says how many versions before it were left out. */
  resolve: (event: StreamEvent, skipped: bigint) => Promise<ExecutionResult>;
  /** Makes what the client sees of a failure that ends the stream. */
  toClientError: (failure: unknown) => Error;
}

/**
 * What one client gets: the missed events and then the live ones, each version once and in order. The live stream is
 * joined before what was missed is read, so nothing falls between the two. Versions are counted here, and nowhere else:
 * whatever was left out on the way, by a full queue or by too long an absence, shows as a step in the versions.
 *
 * It is an iterator by hand, not a generator: a generator that waits for an event cannot be returned from, and a quiet
 * stream would outlive its client.
 */
export class ClientStream implements AsyncIterableIterator<ExecutionResult> {
  readonly #options: ClientStreamOptions;
  readonly #live = new Mailbox<StreamEvent>(clientQueueMax);
  readonly #leave: () => void;
  readonly #closing = new AbortController();
  #isResuming: boolean;
  #missed: StreamEvent[] = [];
  #lastVersion: bigint | undefined;

  constructor(options: ClientStreamOptions) {
    this.#options = options;
    this.#isResuming = options.after !== undefined && options.after !== null;
    this.#leave = options.stream.join({
      event: (event) => this.#live.put(event),
      end: (failure) => this.#live.end(failure),
    });
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    try {
      const event = await this.#nextNewEvent();
      if (!event) return this.return();
      const last = this.#lastVersion;
      this.#lastVersion = event.version;
      const skipped = last === undefined ? 0n : event.version - last - 1n;
      const value = await this.#options.resolve(event, skipped);
      return this.#closing.signal.aborted ? this.return() : { done: false, value };
    } catch (failure) {
      const isClosed = this.#closing.signal.aborted;
      const end = await this.return();
      if (isClosed) return end;
      throw this.#options.toClientError(failure);
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#closing.abort();
    this.#missed = [];
    this.#leave();
    this.#live.close();
    return { done: true, value: undefined };
  }

  async throw(): Promise<IteratorReturnResult<undefined>> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #nextNewEvent(): Promise<StreamEvent | undefined> {
    for (;;) {
      const event = this.#missed.shift() ?? (await this.#live.take());
      if (!event) return undefined;
      if (this.#isResuming) await this.#resume(event);
      else if (this.#lastVersion === undefined || event.version > this.#lastVersion) return event;
    }
  }

  /** Called with the first event of the live stream, which says that nothing newer than it can be missed from here on. */
  async #resume(newest: StreamEvent): Promise<void> {
    const missed = await this.#readMissed();
    this.#isResuming = false;
    const [oldest] = missed.events;
    this.#lastVersion = oldest ? oldest.version - 1n : missed.currentVersion;
    this.#missed = oldest && missed.isComplete(newest.version) ? [...missed.events, newest] : [newest];
  }

  async #readMissed(): Promise<Missed> {
    const { source, after } = this.#options;
    const { signal } = this.#closing;
    const backOff = new BackOff();
    for (;;) {
      try {
        return await source.missed(after);
      } catch (error) {
        const isPassing = error instanceof SubgraphUnavailable || (error instanceof StreamRefused && !error.isLasting);
        if (!isPassing || signal.aborted) throw error;
        if (backOff.hasLasted(firstAnswerLimitMs)) {
          throw error instanceof StreamRefused ? error : requestFailure('SUBGRAPH_UNAVAILABLE');
        }
        await backOff.wait(signal);
      }
    }
  }
}
