import { once } from 'node:events';
import { createLogger } from '@localplus/logging';
import type { ProcessModule } from './harness.ts';
import type { MemberOrders, MemberReport } from './member-process.ts';
import { numberOf } from './numbers.ts';

/** A member of a group that lives until it is killed. */
async function beMember({ module, settings, topic, group, behaviour }: MemberOrders): Promise<void> {
  const { openBus }: ProcessModule = await import(module);
  const bus = await openBus(settings, [topic]);
  const resumed = once(process, 'message');
  await bus.consumeAsGroup({
    group,
    topics: [topic.name],
    handler: async ({ events }) => {
      const numbers = events.map(numberOf);
      report({ received: numbers });
      if (behaviour === 'hold') await new Promise(() => undefined);
      if (behaviour === 'hold until resumed') await resumed;
      report({ handled: numbers });
    },
  });
  report({ joined: true });
}

function report(message: MemberReport): void {
  process.send?.(message);
}

process.once('disconnect', () => process.exit(0));
beMember(JSON.parse(process.argv[2] ?? '')).catch((error: unknown) => {
  createLogger('contract member').fatal({ err: error }, 'the member failed');
  process.exit(1);
});
