import type { Logger } from '@localplus/logging';
import type { ReceivedEvent } from '../event.ts';
import { isOutage as isKnownOutage } from '../is-outage.ts';
import { HANDLER_ATTEMPTS_MAX } from '../limits.ts';
import { backOffMs, pause } from '../retry/back-off.ts';
import { persist } from '../retry/persist.ts';

/** How a call of the handler ended. */
export type CallOutcome = 'handled' | 'aborted' | { readonly failure: unknown };

/** Events of one partition whose values fit the schemas of their topics. */
export type CheckedBatch = {
  readonly topic: string;
  readonly partition: number;
  readonly events: readonly ReceivedEvent[];
};

/** What is called, and what it may fail with. */
export type HandlerCallsSettings = {
  readonly handler: (batch: CheckedBatch) => Promise<void>;
  readonly isOutage: ((error: unknown) => boolean) | undefined;
  readonly logger: Logger;
};

/** Calls a consumer's handler. Outages are waited for: they are no fault of the events. */
export class HandlerCalls {
  readonly #settings: HandlerCallsSettings;

  constructor(settings: HandlerCallsSettings) {
    this.#settings = settings;
  }

  /** Hands over events of one partition, together and once. */
  async together(events: readonly ReceivedEvent[], signal: AbortSignal): Promise<CallOutcome> {
    const [first] = events;
    if (!first) return 'handled';
    const { topic, partition, offset } = first;
    const { handler, isOutage = isKnownOutage, logger } = this.#settings;
    try {
      const finished = await persist(() => handler({ topic, partition, events }), {
        signal,
        logger,
        what: 'handling events during an outage',
        place: { topic, partition, offset: offset.toString() },
        isRetried: isOutage,
      });
      return finished ? 'handled' : 'aborted';
    } catch (failure) {
      return { failure };
    }
  }

  /** Hands over one event, several times when it fails. */
  async alone(event: ReceivedEvent, signal: AbortSignal): Promise<CallOutcome> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      const outcome = await this.together([event], signal);
      if (typeof outcome === 'string' || failures === HANDLER_ATTEMPTS_MAX) return outcome;
      await pause(backOffMs(failures), signal);
    }
    return 'aborted';
  }
}

/** A failure in one line. */
export function describeFailure(failure: unknown): string {
  return failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
}
