import { randomUUID } from 'node:crypto';
import { Delivery } from '../delivery/delivery.ts';
import type { Consumer, PartitionLag, ReplicaConsumption } from '../event-bus.ts';
import type { BusParts } from './bus-parts.ts';
import { DeadLetterTopicStore } from './dead-letter-topic-store.ts';
import { PartitionFeed } from './partition-feed.ts';
import { assertDeclared, type KeptRange, laterOf, rangeOf, readKeptRanges } from './topic-offsets.ts';

/**
 * Reads every record of the topics in this process, from positions that only it knows: as the one member of a group that
 * nobody else knows, and that commits nothing.
 */
export async function consumeAsEveryReplica<Topic extends string>(
  parts: BusParts,
  consumption: ReplicaConsumption<Topic>,
): Promise<Consumer> {
  const { cluster, topics: declared, schemas, logger, connection } = parts;
  const { topics, startFrom, name = 'every-replica' } = consumption;
  assertDeclared(declared, topics);
  const delivery = new Delivery({ consumer: name, consumption, isReplica: true, schemas, logger });

  const positions = new Map<string, bigint>();
  const ranges = await readKeptRanges(cluster, topics);
  for (const range of ranges) positions.set(keyOf(range), startOf(range, startFrom));

  const feed: PartitionFeed = new PartitionFeed({
    ...parts,
    groupId: `${connection.clientId}.replica.${name}.${randomUUID()}`,
    consumer: name,
    topics,
    batchSizeMax: delivery.batchSizeMax,
    startsOf: async (partitions) => partitions.map((partition) => positions.get(keyOf(partition)) ?? 0n),
    earliestOf: async (partition) => rangeOf(await readKeptRanges(cluster, [partition.topic]), partition).low,
    handlerOf: (place) => {
      const ofPartition = delivery.begin(new DeadLetterTopicStore(parts, { consumer: name, ...place }));
      return async (records, signal) => {
        const handled = await ofPartition.deliver(records, signal);
        const last = records[handled - 1];
        if (last) positions.set(keyOf(place), last.offset + 1n);
        return handled;
      };
    },
  });
  await feed.open();

  return {
    pause: () => feed.pause(),
    resume: () => feed.resume(),
    lag: async (): Promise<PartitionLag[]> => {
      const current = await readKeptRanges(cluster, topics);
      return current.map(({ topic, partition, low, high }) => {
        const next = laterOf(positions.get(keyOf({ topic, partition })) ?? low, low);
        return { topic, partition, records: laterOf(high, next) - next };
      });
    },
    pausedAggregates: async () => 0,
    close: () => feed.close(),
  };
}

function keyOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}

function startOf({ topic, partition, low, high }: KeptRange, startFrom: ReplicaConsumption['startFrom']): bigint {
  if (startFrom === 'earliest') return low;
  if (startFrom === 'latest') return high;
  const known = startFrom.find((position) => position.topic === topic && position.partition === partition);
  // A position beyond the end is of another log: the topic was made anew, or restored. Waiting for it would skip events.
  return known && known.offset <= high && known.offset >= low ? known.offset : low;
}
