import type { EventBatch, OutgoingEvent } from './event.ts';

/**
 * Where events go and come from, with Kafka's semantics: topics with partitions, order per key, groups that share
 * partitions, offsets committed after the effect. Delivery is at least once.
 */
export interface EventBus {
  /** Names the log: offsets of one mean nothing in another. The same for as long as the cluster or database lives. */
  readonly logId: string;
  /**
   * Appends events. Resolves when all of them are stored durably. Events of one key keep the order of the array and of
   * the calls, also when calls are not awaited. It tries once: after an error the outcome is unknown, and who calls
   * again with the same events may store them twice.
   * @throws EventRejected when an event can never be accepted; then none of the call's events is stored.
   */
  publish(events: readonly OutgoingEvent[]): Promise<void>;
  /** Joins a group: each partition is handled by one member at a time. Resolves when the member has joined. */
  consumeAsGroup<Topic extends string>(consumption: GroupConsumption<Topic>): Promise<Consumer>;
  /** Reads every record in this process, whatever other processes do. Resolves when the start positions are fixed. */
  consumeAsEveryReplica<Topic extends string>(consumption: ReplicaConsumption<Topic>): Promise<Consumer>;
  /** Closes all consumers as they close themselves, lets pending publications finish, and ends every connection. */
  close(): Promise<void>;
}

/**
 * Handles a batch of one partition. Batches of one partition come one after another, in order; partitions run side by
 * side. What it rejects with is tried again; after the named number of attempts the record at fault becomes a dead
 * letter, and pauses its key. An outage (see `isOutage`) is waited for without end: it kills no record.
 */
export type EventHandler<Topic extends string = string> = (batch: EventBatch<Topic>) => Promise<void>;

/** What every consumption has. */
export type Consumption<Topic extends string> = {
  readonly topics: readonly Topic[];
  readonly handler: EventHandler<Topic>;
  /** At most this many events in a batch; 500 unless told, which is also the most. */
  readonly batchSizeMax?: number;
  /** Whether an error of the handler is no fault of the record: a connection, a neighbour that is down. */
  readonly isOutage?: (error: unknown) => boolean;
  /** Called once for each record that was set aside, after it was stored. */
  readonly onDeadLetter?: (deadLetter: DeadLetter) => void;
};

/** Consumption that shares the partitions with the other members of the group. */
export type GroupConsumption<Topic extends string = string> = Consumption<Topic> & {
  /** `<subgraph>.<purpose>`, for instance `ledger.program-projection`. */
  readonly group: string;
  /** Where the group begins in a partition that it never committed; `earliest` unless told. */
  readonly startFrom?: 'earliest' | 'latest';
};

/** Consumption of every record by this process. It stores nothing: positions are the consumer's own affair. */
export type ReplicaConsumption<Topic extends string = string> = Consumption<Topic> & {
  /** Names the consumer in logs and dead letters; `every-replica` unless told. */
  readonly name?: string;
  /**
   * Positions name the next offset to read. A partition that they leave out begins at its earliest record, and so does
   * one whose position lies beyond its end: that is of another log.
   */
  readonly startFrom: 'earliest' | 'latest' | readonly Position[];
};

/** The next offset to read in a partition. */
export type Position = { readonly topic: string; readonly partition: number; readonly offset: bigint };

/** A running consumption. */
export interface Consumer {
  /** No handler starts any more; the running ones finish. The member keeps its partitions. */
  pause(): void;
  /** Goes on after `pause`. */
  resume(): void;
  /** Records that the consumer has not finished, per partition: of the whole group, or of this replica. */
  lag(): Promise<readonly PartitionLag[]>;
  /** Keys that a dead letter holds up: of the whole group. A replica holds up none. */
  pausedAggregates(): Promise<number>;
  /** Lets the running handlers finish, commits, gives the partitions back, stops. */
  close(): Promise<void>;
}

/** How far a consumer is behind the end of a partition. */
export type PartitionLag = { readonly topic: string; readonly partition: number; readonly records: bigint };

/**
 * A record that a consumer could not handle, with its reason. It is kept until an operator replays or discards it; for a
 * group the later records of its key are parked behind it until then.
 */
export type DeadLetter = {
  /** `dl_…`, how operators name it. */
  readonly id: string;
  /** The group, or the name of the replica's consumption. */
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly reason: string;
};
