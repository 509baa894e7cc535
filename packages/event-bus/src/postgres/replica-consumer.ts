import { Delivery } from '../delivery/delivery.ts';
import type { PartitionDelivery } from '../delivery/partition-delivery.ts';
import type { Consumer, PartitionLag, ReplicaConsumption } from '../event-bus.ts';
import type { BusParts } from './bus-parts.ts';
import { DeadLetterRows } from './dead-letter-rows.ts';
import { PartitionPump } from './partition-pump.ts';
import type { CatalogPartition } from './topic-catalog.ts';

/** A partition with what its records go through. */
type DeliveredPartition = CatalogPartition & { readonly delivery: PartitionDelivery };

/** Reads every record of the topics in this process, from positions that only it knows. */
export async function consumeAsEveryReplica<Topic extends string>(
  { pool, listener, catalog, schemas, logger }: BusParts,
  consumption: ReplicaConsumption<Topic>,
): Promise<Consumer> {
  const consumer = consumption.name ?? 'every-replica';
  const partitions = catalog.partitionsOf(consumption.topics);
  const delivery = new Delivery({ consumer, consumption, isReplica: true, schemas, logger });

  const readEnds = async (): Promise<Map<number, bigint>> => {
    const { rows } = await pool.query<{ id: number; next_offset: bigint }>(
      'select id, next_offset from partitions where id = any ($1)',
      [partitions.map(({ id }) => id)],
    );
    return new Map(rows.map(({ id, next_offset }) => [id, next_offset]));
  };
  await listener.follow(consumption.topics);
  const ends = await readEnds();

  const pump = new PartitionPump({
    pool,
    logger: logger.child({ consumer }),
    batchSizeMax: delivery.batchSizeMax,
    handle: (partition: DeliveredPartition, records, signal) => partition.delivery.deliver(records, signal),
  });
  for (const place of partitions) {
    const { topic, partition } = place;
    const store = new DeadLetterRows(pool, { consumer, topic, partition });
    pump.add({ ...place, delivery: delivery.begin(store) }, startOf(place, consumption.startFrom, ends));
  }
  const wake = (topic?: string, changed?: readonly number[]) => pump.wake(topic, changed);
  listener.on('records', wake);
  listener.on('connected', wake);

  return {
    pause: () => pump.pause(),
    resume: () => pump.resume(),
    lag: async (): Promise<PartitionLag[]> => {
      const [current, positions] = [await readEnds(), pump.positions()];
      return partitions.map(({ id, topic, partition }) => {
        const end = current.get(id) ?? 0n;
        return { topic, partition, records: end - (positions.get(id) ?? end) };
      });
    },
    pausedAggregates: async () => 0,
    close: async () => {
      listener.off('records', wake);
      listener.off('connected', wake);
      await pump.close();
    },
  };
}

function startOf(
  { id, topic, partition }: CatalogPartition,
  startFrom: ReplicaConsumption['startFrom'],
  ends: ReadonlyMap<number, bigint>,
): bigint {
  const end = ends.get(id) ?? 0n;
  if (startFrom === 'earliest') return 0n;
  if (startFrom === 'latest') return end;
  const known = startFrom.find((position) => position.topic === topic && position.partition === partition);
  // A position beyond the end is of another log: the bus was emptied, or restored. Waiting for it would skip events.
  return known && known.offset <= end ? known.offset : 0n;
}
