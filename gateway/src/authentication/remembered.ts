import { LRUCache } from 'lru-cache';

interface RememberedOptions<Key, Value extends NonNullable<unknown>> {
  /** Asks for the value. Who wants the same key meanwhile waits for the same answer. */
  load(key: Key): Promise<Value>;
  /** The text that tells one key from another. */
  nameOf(key: Key): string;
  lifetimeMsOf(value: Value): number;
  entriesMax: number;
}

/** Answers that are asked for once and kept for a while. An answer that failed is not kept. */
export class Remembered<Key, Value extends NonNullable<unknown>> {
  readonly #options: RememberedOptions<Key, Value>;
  readonly #answers: LRUCache<string, Value>;
  readonly #asked = new Map<string, Promise<Value>>();

  constructor(options: RememberedOptions<Key, Value>) {
    this.#options = options;
    this.#answers = new LRUCache({ max: options.entriesMax });
  }

  async get(key: Key): Promise<Value> {
    const name = this.#options.nameOf(key);
    return this.#answers.get(name) ?? this.#asked.get(name) ?? this.#ask(name, key);
  }

  /** Forgets the answers that match. Those under way (without a value yet) reach who waits for them and are not kept. */
  forget(matches: (name: string, value: Value | undefined) => boolean): void {
    for (const [name, value] of this.#answers.entries()) if (matches(name, value)) this.#answers.delete(name);
    for (const name of this.#asked.keys()) if (matches(name, undefined)) this.#asked.delete(name);
  }

  async #ask(name: string, key: Key): Promise<Value> {
    const answer = this.#options.load(key);
    this.#asked.set(name, answer);
    const isWanted = () => this.#asked.get(name) === answer;
    try {
      const value = await answer;
      if (isWanted()) this.#answers.set(name, value, { ttl: this.#options.lifetimeMsOf(value) });
      return value;
    } finally {
      if (isWanted()) this.#asked.delete(name);
    }
  }
}
