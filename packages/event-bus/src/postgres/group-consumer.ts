import { randomUUID } from 'node:crypto';
import type { Logger } from '@localplus/logging';
import type { Pool } from 'pg';
import { Delivery } from '../delivery/delivery.ts';
import type { PartitionDelivery } from '../delivery/partition-delivery.ts';
import type { Consumer, GroupConsumption, PartitionLag } from '../event-bus.ts';
import { persist } from '../retry/persist.ts';
import { WakeUp } from '../retry/wake-up.ts';
import type { StoredRecord } from '../stored-record.ts';
import type { BusParts } from './bus-parts.ts';
import { countPausedAggregates, DeadLetterRows } from './dead-letter-rows.ts';
import { GroupCoordinator, type OwnedPartition, type Ownership } from './group-coordinator.ts';
import { HEARTBEAT_INTERVAL_MS } from './limits.ts';
import type { Listener } from './listener.ts';
import { PartitionPump } from './partition-pump.ts';

/** A partition that is here, with what its records go through. */
type DeliveredPartition = OwnedPartition & { readonly delivery: PartitionDelivery };

type Held = { readonly owned: OwnedPartition; isLeaving: boolean; isDrained: boolean };

/** A member of a group: keeps its share of the partitions, and handles their records. */
export class GroupConsumer<Topic extends string> implements Consumer {
  readonly #group: string;
  readonly #member = randomUUID();
  readonly #pool: Pool;
  readonly #listener: Listener;
  readonly #logger: Logger;
  readonly #coordinator: GroupCoordinator;
  readonly #delivery: Delivery<Topic>;
  readonly #pump: PartitionPump<DeliveredPartition>;
  readonly #held = new Map<number, Held>();
  readonly #wakeUp = new WakeUp();
  readonly #closing = new AbortController();
  #beat: NodeJS.Timeout | undefined;
  #loop: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  private constructor({ pool, listener, catalog, schemas, logger }: BusParts, consumption: GroupConsumption<Topic>) {
    const { group, topics, startFrom } = consumption;
    catalog.partitionsOf(topics);
    this.#group = group;
    this.#pool = pool;
    this.#listener = listener;
    this.#logger = logger.child({ consumer: group });
    this.#coordinator = new GroupCoordinator(pool, {
      group,
      topics,
      member: this.#member,
      startsAtEnd: startFrom === 'latest',
    });
    this.#delivery = new Delivery({ consumer: group, consumption, isReplica: false, schemas, logger });
    this.#pump = new PartitionPump({
      pool,
      logger: this.#logger,
      batchSizeMax: this.#delivery.batchSizeMax,
      handle: (partition: DeliveredPartition, records, signal) => this.#handle(partition, records, signal),
    });
  }

  /** Joins the group. @throws what the first heartbeat failed with */
  static async join<Topic extends string>(
    parts: BusParts,
    consumption: GroupConsumption<Topic>,
  ): Promise<GroupConsumer<Topic>> {
    const consumer = new GroupConsumer(parts, consumption);
    try {
      await consumer.#begin(consumption.topics);
    } catch (error) {
      await consumer.#pump.close();
      throw error;
    }
    return consumer;
  }

  pause(): void {
    this.#pump.pause();
  }

  resume(): void {
    this.#pump.resume();
  }

  lag(): Promise<readonly PartitionLag[]> {
    return this.#coordinator.lag();
  }

  pausedAggregates(): Promise<number> {
    return countPausedAggregates(this.#pool, this.#group);
  }

  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  async #shutDown(): Promise<void> {
    // The heart beats until the last handler is done: nobody takes a partition from under it.
    await this.#pump.close();
    this.#closing.abort();
    clearInterval(this.#beat);
    this.#listener.off('records', this.#onRecords);
    this.#listener.off('group', this.#onGroup);
    this.#listener.off('request', this.#onRequest);
    this.#listener.off('connected', this.#onConnected);
    this.#wakeUp.call();
    await this.#loop;
    await this.#leave();
  }

  readonly #onRecords = (topic: string, partitions: readonly number[]): void => this.#pump.wake(topic, partitions);

  readonly #onGroup = (group: string): void => {
    if (group === this.#group) this.#wakeUp.call();
  };

  readonly #onRequest = (consumer: string): void => {
    if (consumer === this.#group) this.#lookForRequests();
  };

  readonly #onConnected = (): void => {
    this.#lookForRequests();
    this.#wakeUp.call();
  };

  async #begin(topics: readonly Topic[]): Promise<void> {
    await this.#listener.follow(topics);
    this.#adopt(await this.#coordinator.heartbeat(this.#listener.session));
    this.#listener.on('records', this.#onRecords);
    this.#listener.on('group', this.#onGroup);
    this.#listener.on('request', this.#onRequest);
    this.#listener.on('connected', this.#onConnected);
    this.#beat = setInterval(() => this.#wakeUp.call(), HEARTBEAT_INTERVAL_MS);
    this.#loop = this.#keepMembership();
  }

  /** One thing after another, so that no answer is older than a release. */
  async #keepMembership(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.#wakeUp.sleep();
      const answered = await persist(() => this.#releaseAndBeat(), {
        signal: this.#closing.signal,
        logger: this.#logger,
        what: 'keeping the membership of a group',
      });
      if (answered) this.#adopt(answered.result);
    }
  }

  async #releaseAndBeat(): Promise<Ownership[]> {
    for (const [id, held] of this.#held) {
      if (!held.isDrained) continue;
      await this.#coordinator.release(held.owned);
      this.#held.delete(id);
    }
    return this.#coordinator.heartbeat(this.#listener.session);
  }

  /** Brings what runs here into line with what the member owns. */
  #adopt(ownerships: readonly Ownership[]): void {
    const generations = new Map(ownerships.map(({ owned }) => [owned.id, owned.generation]));
    for (const [id, { owned }] of this.#held) {
      if (generations.get(id) === owned.generation) continue;
      this.#held.delete(id);
      this.#letGo(id);
    }
    for (const { owned, committedOffset, isSurplus } of ownerships) {
      const held = this.#held.get(owned.id) ?? { owned, isLeaving: false, isDrained: false };
      const isNew = !this.#held.has(owned.id);
      this.#held.set(owned.id, held);
      if (isSurplus && !held.isLeaving) {
        held.isLeaving = true;
        this.#letGo(owned.id, () => {
          held.isDrained = true;
          this.#wakeUp.call();
        });
      } else if (isNew) {
        this.#pump.add({ ...owned, delivery: this.#deliveryOf(owned) }, committedOffset);
      }
    }
  }

  #letGo(partitionId: number, afterwards?: () => void): void {
    this.#pump.remove(partitionId).then(afterwards, (error: unknown) => {
      this.#logger.error({ err: error }, 'a partition could not be let go');
    });
  }

  #deliveryOf({ topic, partition, generation }: OwnedPartition): PartitionDelivery {
    const owner = { member: this.#member, generation };
    return this.#delivery.begin(new DeadLetterRows(this.#pool, { consumer: this.#group, topic, partition, owner }));
  }

  #lookForRequests(): void {
    for (const { delivery } of this.#pump.partitions()) delivery.expectRequests();
    this.#pump.call();
  }

  async #handle(
    { delivery, ...owned }: DeliveredPartition,
    records: readonly StoredRecord[],
    signal: AbortSignal,
  ): Promise<number> {
    const handled = await delivery.deliver(records, signal);
    const last = records[handled - 1];
    if (!last) return 0;
    const committed = await persist(() => this.#coordinator.commit(owned, last.offset + 1n), {
      signal,
      logger: this.#logger,
      what: 'committing an offset',
    });
    if (committed?.result) return handled;
    const { topic, partition } = owned;
    this.#logger.warn({ topic, partition }, 'handled events will be delivered again: their offset was not committed');
    // The next heartbeat tells who has the partition; until then it rests here.
    this.#letGo(owned.id);
    this.#wakeUp.call();
    return 0;
  }

  async #leave(): Promise<void> {
    try {
      await this.#coordinator.leave();
    } catch (error) {
      // The lease ends the membership as well, only later.
      this.#logger.warn({ err: error }, 'the group was not told of a leaving member');
    }
  }
}
