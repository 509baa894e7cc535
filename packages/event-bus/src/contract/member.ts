import { once } from 'node:events';
import { createLogger } from '@localplus/logging';
import type { ProcessModule } from './harness.ts';
import type { MemberOrders, MemberReport } from './member-process.ts';
import { numberOf } from './numbers.ts';

/** A member of a group whose handler waits for a word, and which then leaves; or is killed before. */
async function beMember({ module, settings, topic, group }: MemberOrders): Promise<void> {
  const { openBus }: ProcessModule = await import(module);
  const bus = await openBus(settings, [topic]);
  const resumed = once(process, 'message');
  const consumer = await bus.consumeAsGroup({
    group,
    topics: [topic.name],
    handler: async ({ events }) => {
      const numbers = events.map(numberOf);
      report({ received: numbers });
      await resumed;
      report({ handled: numbers });
    },
  });
  report({ joined: true });
  await resumed;
  await consumer.close();
  report({ closed: true });
}

function report(message: MemberReport): void {
  process.send?.(message);
}

process.once('disconnect', () => process.exit(0));
beMember(JSON.parse(process.argv[2] ?? '')).catch((error: unknown) => {
  createLogger('contract member').fatal({ err: error }, 'the member failed');
  process.exit(1);
});
