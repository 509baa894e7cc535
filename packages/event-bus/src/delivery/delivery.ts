import type { Logger } from '@localplus/logging';
import type { DeadLetterStore } from '../dead-letters/dead-letter-store.ts';
import type { EventBatch } from '../event.ts';
import type { Consumption } from '../event-bus.ts';
import { BATCH_SIZE_MAX } from '../limits.ts';
import type { TopicSchemas } from '../topic-schemas.ts';
import { HandlerCalls } from './handler-calls.ts';
import { PartitionDelivery } from './partition-delivery.ts';
import { SetAsideRecords } from './set-aside-records.ts';

/** What an adapter gives a delivery. */
export type DeliverySettings<Topic extends string> = {
  /** The group, or the name of the replica's consumption. */
  readonly consumer: string;
  readonly consumption: Consumption<Topic>;
  readonly isReplica: boolean;
  readonly schemas: TopicSchemas;
  readonly logger: Logger;
};

/** The way of a consumer's records from the log to its handler. */
export class Delivery<Topic extends string> {
  readonly batchSizeMax: number;
  readonly #settings: DeliverySettings<Topic>;
  readonly #logger: Logger;

  constructor(settings: DeliverySettings<Topic>) {
    this.#settings = settings;
    this.#logger = settings.logger.child({ consumer: settings.consumer });
    this.batchSizeMax = Math.min(settings.consumption.batchSizeMax ?? BATCH_SIZE_MAX, BATCH_SIZE_MAX);
  }

  /** Begins with a partition, each time that the consumer gets it. @param store of this partition */
  begin(store: DeadLetterStore): PartitionDelivery {
    const { consumer, consumption, isReplica, schemas } = this.#settings;
    const { handler, isOutage, onDeadLetter } = consumption;
    const logger = this.#logger;
    // The topics' schemas have vouched for the type of every value.
    const call = (batch: unknown) => handler(batch as EventBatch<Topic>);
    return new PartitionDelivery({
      calls: new HandlerCalls({ handler: call, isOutage, logger }),
      setAside: new SetAsideRecords({ consumer, isReplica, store, logger, onDeadLetter }),
      schemas,
      batchSizeMax: this.batchSizeMax,
      logger,
    });
  }
}
