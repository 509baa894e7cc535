/** A queue for one reader. When it is full, the newest item takes the place of all that waited. */
export class Mailbox<Item> {
  readonly #capacity: number;
  #items: Item[] = [];
  #reader: { resolve: (item: Item | undefined) => void; reject: (reason: unknown) => void } | undefined;
  #end: { failure: unknown } | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  put(item: Item): void {
    if (this.#end) return;
    if (this.#reader) {
      this.#reader.resolve(item);
      this.#reader = undefined;
      return;
    }
    if (this.#items.length >= this.#capacity) this.#items = [];
    this.#items.push(item);
  }

  /** Waits for the next item; undefined after the end. @throws the failure that the end was told of, once nothing waits */
  async take(): Promise<Item | undefined> {
    const item = this.#items.shift();
    if (item !== undefined) return item;
    if (this.#end) return this.#finish(this.#end.failure);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  /** Nothing more will come. What waits can still be taken. */
  end(failure?: unknown): void {
    if (this.#end) return;
    this.#end = { failure };
    const reader = this.#reader;
    this.#reader = undefined;
    if (!reader) return;
    if (failure === undefined) reader.resolve(undefined);
    else reader.reject(failure);
  }

  /** The reader wants no more: what waits is dropped. */
  close(): void {
    this.#items = [];
    this.end();
  }

  #finish(failure: unknown): undefined {
    if (failure === undefined) return undefined;
    this.#end = { failure: undefined };
    throw failure;
  }
}
