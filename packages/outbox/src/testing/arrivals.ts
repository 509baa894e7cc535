import type { EventBus, ReceivedEvent } from '@localplus/event-bus';
import { testTopic } from './outbox-schema.ts';

/** What has arrived from the outbox, in the order of its arrival. */
export class Arrivals {
  readonly events: ReceivedEvent[] = [];

  static async on(bus: EventBus): Promise<Arrivals> {
    const arrivals = new Arrivals();
    await bus.consumeAsEveryReplica({
      topics: [testTopic],
      startFrom: 'earliest',
      handler: async ({ events }) => void arrivals.events.push(...events),
    });
    return arrivals;
  }

  /** The versions of a key in the order of their first arrival. */
  versions(key: string): number[] {
    const versions = this.events
      .filter((event) => event.key === key)
      .map(({ headers }) => Number(headers.aggregateversion));
    return [...new Set(versions)];
  }

  /** Keys and the numbers of their distinct versions. */
  counts(): Map<string, number> {
    return new Map([...new Set(this.events.map(({ key }) => key))].map((key) => [key, this.versions(key).length]));
  }
}
