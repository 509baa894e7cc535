import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '@localplus/logging';
import { createOutboxPublisher } from '@localplus/outbox';
import { createPool } from '@localplus/postgres';
import { type BusAddress, openBus, quietLogger } from './open-bus.ts';

/** The points of a publisher's work at which it dies. */
export const killPoints = ['before it publishes', 'before it marks', 'while it marks'] as const;

/** What the process is told when it starts. */
export type PublisherOrders = {
  readonly address: BusAddress;
  readonly connectionString: string;
  readonly schema: string;
};

/** Tells it to die at the next batch. @param afterMs how long a mark is under way when it dies */
export type KillOrder = { readonly point: (typeof killPoints)[number]; readonly afterMs: number };

/** What the process reports. */
export type PublisherReport = 'standing by' | 'active';

/** How often it looks whether it has become the active one. */
const pollMs = 5;

/** A publisher in a process of its own, which kills itself where it is told to. */
async function publishUntilKilled({ address, connectionString, schema }: PublisherOrders): Promise<void> {
  let order: KillOrder | undefined;
  process.on('message', (message: KillOrder) => {
    order = message;
  });
  const pool = createPool({ connectionString, name: 'proof publisher', max: 2 });
  pool.on('connect', (client) => {
    const query = client.query.bind(client);
    const queryAndDie = (...parameters: unknown[]): unknown => {
      const answer: unknown = Reflect.apply(query, client, parameters);
      if (order?.point === 'while it marks' && isMark(parameters[0])) setTimeout(die, order.afterMs);
      return answer;
    };
    Object.assign(client, { query: queryAndDie });
  });
  const bus = await openBus(address);
  const publisher = createOutboxPublisher({
    pool,
    schema,
    logger: quietLogger(),
    bus: {
      ...bus,
      publish: async (events) => {
        if (order?.point === 'before it publishes') die();
        await bus.publish(events);
        if (order?.point === 'before it marks') die();
      },
    },
  });
  report('standing by');
  while (!publisher.isActive) await delay(pollMs);
  report('active');
}

/** The statement that reads what comes next marks what is published, if anything is. */
function isMark(parameter: unknown): boolean {
  if (typeof parameter !== 'object' || parameter === null || !('values' in parameter)) return false;
  const [published] = Array.isArray(parameter.values) ? parameter.values : [];
  return Array.isArray(published) && published.length > 0;
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function report(message: PublisherReport): void {
  process.send?.(message);
}

if (import.meta.main) {
  process.once('disconnect', () => process.exit(0));
  publishUntilKilled(JSON.parse(process.argv[2] ?? '')).catch((error: unknown) => {
    createLogger('proof publisher').fatal({ err: error }, 'the publisher failed');
    process.exit(1);
  });
}
