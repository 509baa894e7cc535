import type { ReceivedEvent, TopicDeclaration } from '@localplus/event-bus';
import { expect, vi } from 'vitest';
import { type BusAddress, openBus } from './open-bus.ts';

/** A few hundred thousand records on a busy machine. */
const readLimitMs = 120_000;

/** Reads all that a topic holds, each partition in its order, with connections of its own. */
export async function readLog(address: BusAddress, topic: TopicDeclaration): Promise<ReceivedEvent[]> {
  const log: ReceivedEvent[] = [];
  const bus = await openBus(address, [topic]);
  try {
    const reader = await bus.consumeAsEveryReplica({
      topics: [topic.name],
      startFrom: 'earliest',
      handler: async ({ events }) => void log.push(...events),
    });
    const unread = async () => (await reader.lag()).filter(({ records }) => records > 0n);
    await vi.waitFor(async () => expect(await unread()).toEqual([]), { timeout: readLimitMs, interval: 100 });
    return log;
  } finally {
    await bus.close();
  }
}
