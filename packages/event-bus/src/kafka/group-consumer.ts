import { Delivery } from '../delivery/delivery.ts';
import type { PartitionDelivery } from '../delivery/partition-delivery.ts';
import type { Consumer, GroupConsumption, PartitionLag } from '../event-bus.ts';
import type { BusParts } from './bus-parts.ts';
import type { TopicPartition } from './consumer-session.ts';
import { DeadLetterTopicStore } from './dead-letter-topic-store.ts';
import { PartitionFeed, type RecordHandler } from './partition-feed.ts';
import { assertDeclared, type KeptRange, laterOf, rangeOf, readKeptRanges } from './topic-offsets.ts';

/** Joins a group: handles its share of the partitions, and commits what was handled. */
export async function consumeAsGroup<Topic extends string>(
  parts: BusParts,
  consumption: GroupConsumption<Topic>,
): Promise<Consumer> {
  const { cluster, topics: declared, schemas, logger } = parts;
  const { group, topics, startFrom = 'earliest' } = consumption;
  assertDeclared(declared, topics);
  const delivery = new Delivery({ consumer: group, consumption, isReplica: false, schemas, logger });
  const deliveries = new Map<string, PartitionDelivery>();
  const deadLetters = await parts.deadLetters();

  const readPositions = async (): Promise<(KeptRange & { position: bigint | undefined })[]> => {
    // First how far the group is, then what there is: the other way round it could seem to be ahead.
    const committed = await cluster.ask((admin) => admin.fetchOffsets({ groupId: group, topics: [...topics] }));
    const ranges = await readKeptRanges(cluster, topics);
    return ranges.map((range) => {
      const partitions = committed.find(({ topic }) => topic === range.topic)?.partitions;
      const offset = BigInt(partitions?.find(({ partition }) => partition === range.partition)?.offset ?? '-1');
      return { ...range, position: offset < 0n ? undefined : offset };
    });
  };

  const startOf = async (range: KeptRange & { position: bigint | undefined }): Promise<bigint> => {
    if (range.position !== undefined) return laterOf(range.position, range.low);
    if (startFrom === 'earliest') return range.low;
    // The end is where it is now, also for who takes the partition over before anything was handled.
    await feed.commit(range, range.high, AbortSignal.abort());
    return range.high;
  };

  const handlerOf = ({ topic, partition }: TopicPartition): RecordHandler => {
    const ofPartition = delivery.begin(new DeadLetterTopicStore(parts, { consumer: group, topic, partition }));
    deliveries.set(`${topic}/${partition}`, ofPartition);
    return async (records, signal) => {
      const handled = await ofPartition.deliver(records, signal);
      const last = records[handled - 1];
      if (!last) return 0;
      if (await feed.commit({ topic, partition }, last.offset + 1n, signal)) return handled;
      return 0;
    };
  };

  const onRequest = (consumer: string): void => {
    if (consumer !== group) return;
    for (const ofPartition of deliveries.values()) ofPartition.expectRequests();
    feed.call();
  };

  const feed: PartitionFeed = new PartitionFeed({
    ...parts,
    groupId: group,
    consumer: group,
    topics,
    batchSizeMax: delivery.batchSizeMax,
    startsOf: async (partitions: readonly TopicPartition[]) => {
      const positions = await readPositions();
      return Promise.all(
        partitions.map(({ topic, partition }) => {
          const range = positions.find((those) => those.topic === topic && those.partition === partition);
          if (!range) throw new Error(`topic ${topic} has no partition ${partition}`);
          return startOf(range);
        }),
      );
    },
    earliestOf: async (partition) => rangeOf(await readKeptRanges(cluster, [partition.topic]), partition).low,
    handlerOf,
  });
  deadLetters.on('request', onRequest);
  try {
    await feed.open();
  } catch (error) {
    deadLetters.off('request', onRequest);
    throw error;
  }

  return {
    pause: () => feed.pause(),
    resume: () => feed.resume(),
    lag: async (): Promise<PartitionLag[]> => {
      const positions = await readPositions();
      return positions.map(({ topic, partition, low, high, position }) => {
        const next = laterOf(position ?? low, low);
        return { topic, partition, records: laterOf(high, next) - next };
      });
    },
    pausedAggregates: async () => deadLetters.countPausedAggregates(group),
    close: async () => {
      deadLetters.off('request', onRequest);
      await feed.close();
    },
  };
}
