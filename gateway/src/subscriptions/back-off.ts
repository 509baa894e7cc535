import { setTimeout as delay } from 'node:timers/promises';
import { reconnectAfterMaxMs, reconnectAfterMinMs } from './limits.ts';

/** Waits between attempts to reach a subgraph that went away: longer each time, and at random. */
export class BackOff {
  #attempts = 0;
  #failingSince: number | undefined;

  /** Notes that the subgraph is there. */
  succeeded(): void {
    this.#attempts = 0;
    this.#failingSince = undefined;
  }

  /** Whether it has been away for longer than that. */
  hasLasted(limitMs: number): boolean {
    return this.#failingSince !== undefined && performance.now() - this.#failingSince > limitMs;
  }

  /** Waits before the next attempt. @throws AbortError */
  async wait(signal: AbortSignal): Promise<void> {
    this.#failingSince ??= performance.now();
    const longestMs = Math.min(reconnectAfterMaxMs, reconnectAfterMinMs * 2 ** this.#attempts);
    this.#attempts += 1;
    const waitMs = Math.max(reconnectAfterMinMs, longestMs * Math.random());
    await delay(waitMs, undefined, { signal, ref: false });
  }
}
