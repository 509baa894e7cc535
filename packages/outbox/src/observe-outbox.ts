import type { Metrics } from '@localplus/metrics';
import type { OutboxPublisher } from './create-outbox-publisher.ts';

/** Tells by metrics what an outbox is behind. Its table is shared: processes of one subgraph tell the same. */
export function observeOutbox(outbox: OutboxPublisher, metrics: Metrics): void {
  metrics.gauge({
    name: 'localplus_outbox_pending_events',
    help: 'Events that were committed and are not published yet.',
    labels: [],
    read: async () => [{ labels: {}, value: (await outbox.lag()).pendingEvents }],
  });
  metrics.gauge({
    name: 'localplus_outbox_oldest_pending_age_seconds',
    help: 'For how long the oldest event has been waiting for its publication; 0 when none does.',
    labels: [],
    read: async () => [{ labels: {}, value: (await outbox.lag()).oldestPendingAgeMs / 1_000 }],
  });
  metrics.gauge({
    name: 'localplus_outbox_active_publisher_count',
    help: 'Whether this process is the one that publishes: over all processes of a subgraph the sum is one.',
    labels: [],
    read: async () => [{ labels: {}, value: outbox.isActive ? 1 : 0 }],
  });
}
