/** When a breaker opens, and for how long. */
export interface BreakerSettings {
  /** So many failures in a row open it. */
  failuresMax: number;
  /** How long it stays open before one attempt is let through. */
  openForMs: number;
}

/** Keeps callers from waiting for a neighbour that does not answer. Time is given by who asks, in milliseconds. */
export class CircuitBreaker {
  readonly #settings: BreakerSettings;
  #failuresInRow = 0;
  #nextAttemptAtMs = 0;

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
  }

  get isOpen(): boolean {
    return this.#failuresInRow >= this.#settings.failuresMax;
  }

  /** Whether an attempt may be made now. While it is open, one attempt is let through each time its pause is over. */
  tryEnter(nowMs: number): boolean {
    if (!this.isOpen) return true;
    if (nowMs < this.#nextAttemptAtMs) return false;
    this.#nextAttemptAtMs = nowMs + this.#settings.openForMs;
    return true;
  }

  succeeded(): void {
    this.#failuresInRow = 0;
  }

  failed(nowMs: number): void {
    this.#failuresInRow += 1;
    if (this.isOpen) this.#nextAttemptAtMs = nowMs + this.#settings.openForMs;
  }
}
