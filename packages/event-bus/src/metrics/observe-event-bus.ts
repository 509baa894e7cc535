import type { Counter, Metrics, Sample } from '@localplus/metrics';
import type { Consumer, Consumption, DeadLetter, EventBus } from '../event-bus.ts';
import { EventRejected } from '../event-rejected.ts';

/** A consumer, and the name that its figures bear. */
type Observed = { readonly name: string; readonly consumer: Consumer };

/**
 * Tells what a bus does by metrics: what its consumers are behind, what they have set aside, what could not be published.
 * To be asked for once, before anything is consumed; what it returns is used in place of the bus.
 */
export function observeEventBus(bus: EventBus, metrics: Metrics): EventBus {
  const observed = new Set<Observed>();
  const { deadLetters, failures } = defineCounters(metrics);
  defineGauges(metrics, observed);

  const counted =
    (heard: Consumption<string>['onDeadLetter']) =>
    (letter: DeadLetter): void => {
      deadLetters.increment({ consumer: letter.consumer, topic: letter.topic });
      heard?.(letter);
    };
  const observe = async (name: string, starting: Promise<Consumer>): Promise<Consumer> => {
    const consumer = await starting;
    const entry = { name, consumer };
    observed.add(entry);
    return {
      pause: () => consumer.pause(),
      resume: () => consumer.resume(),
      lag: () => consumer.lag(),
      pausedAggregates: () => consumer.pausedAggregates(),
      close: async () => {
        observed.delete(entry);
        await consumer.close();
      },
    };
  };

  return {
    logId: bus.logId,
    publish: async (events) => {
      try {
        await bus.publish(events);
      } catch (error) {
        failures.increment({ kind: error instanceof EventRejected ? 'rejected' : 'unacknowledged' });
        throw error;
      }
    },
    consumeAsGroup: (consumption) => {
      const onDeadLetter = counted(consumption.onDeadLetter);
      return observe(consumption.group, bus.consumeAsGroup({ ...consumption, onDeadLetter }));
    },
    consumeAsEveryReplica: (consumption) => {
      const { name = 'every-replica' } = consumption;
      const onDeadLetter = counted(consumption.onDeadLetter);
      return observe(name, bus.consumeAsEveryReplica({ ...consumption, onDeadLetter }));
    },
    close: () => {
      observed.clear();
      return bus.close();
    },
  };
}

function defineCounters(metrics: Metrics): { deadLetters: Counter; failures: Counter } {
  return {
    deadLetters: metrics.counter({
      name: 'localplus_event_bus_dead_letters_total',
      help: 'Records that a consumer of this process set aside because they could not be handled.',
      labels: ['consumer', 'topic'],
    }),
    failures: metrics.counter({
      name: 'localplus_event_bus_publish_failures_total',
      help: 'Calls that published events and failed: refused by their content (rejected), or without an answer that they are stored (unacknowledged; the outbox sends them again).',
      labels: ['kind'],
    }),
  };
}

function defineGauges(metrics: Metrics, observed: ReadonlySet<Observed>): void {
  const ofAll = async (read: (of: Observed) => Promise<readonly Sample[]>): Promise<Sample[]> =>
    (await Promise.all([...observed].map(read))).flat();
  metrics.gauge({
    name: 'localplus_event_bus_paused_aggregates',
    help: 'Keys that a dead letter holds up until an operator releases it. Of the whole consumer: take the maximum over its processes.',
    labels: ['consumer'],
    read: () =>
      ofAll(async ({ name, consumer }) => [{ labels: { consumer: name }, value: await consumer.pausedAggregates() }]),
  });
  metrics.gauge({
    name: 'localplus_event_bus_consumer_lag_records',
    help: 'Records that a consumer has not handled yet. Of the whole group: take the maximum over its processes.',
    labels: ['consumer', 'topic'],
    read: () =>
      ofAll(async ({ name, consumer }) => {
        const byTopic = Map.groupBy(await consumer.lag(), ({ topic }) => topic);
        return [...byTopic].map(([topic, partitions]) => ({
          labels: { consumer: name, topic },
          value: Number(partitions.reduce((sum, { records }) => sum + records, 0n)),
        }));
      }),
  });
}
