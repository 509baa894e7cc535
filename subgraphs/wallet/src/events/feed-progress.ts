import type { Logger } from '@localplus/logging';
import type { FeedPosition } from '../store/feed-position-rows.ts';

/**
 * What is applied and not noted yet is applied again after a crash, which changes nothing: a second's worth is read in a few
 * milliseconds, and a second without a note costs less than a statement for each event.
 */
const noteEveryMs = 1_000;

interface FeedProgressOptions {
  /** Stores positions; must not be told of one before everything below it is stored. */
  store: (positions: readonly FeedPosition[]) => Promise<void>;
  logger: Logger;
}

/** Notes from time to time how far the feed was applied. */
export class FeedProgress {
  readonly #options: FeedProgressOptions;
  readonly #timer: NodeJS.Timeout;
  #reached = new Map<number, bigint>();
  #noting: Promise<void> = Promise.resolve();

  constructor(options: FeedProgressOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#note(), noteEveryMs);
  }

  /** Everything below the offset is stored. Batches of a partition come one after the other. */
  reached({ partition, offset }: FeedPosition): void {
    this.#reached.set(partition, offset);
  }

  /** Notes what was reached, and ends. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#note();
    await this.#noting;
  }

  #note(): void {
    this.#noting = this.#noting.then(() => this.#storeReached());
  }

  async #storeReached(): Promise<void> {
    const positions = [...this.#reached].map(([partition, offset]) => ({ partition, offset }));
    if (positions.length === 0) return;
    const noted = this.#reached;
    this.#reached = new Map();
    try {
      await this.#options.store(positions);
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'the progress of the balance feed was not noted; it is tried again');
      this.#reached = new Map([...noted, ...this.#reached]);
    }
  }
}
