import type { OutgoingEvent } from '@localplus/event-bus';
import { Kafka, logLevel } from 'kafkajs';

/** What one must not do: kafkajs as its documentation shows it, each publication one `send()` over all partitions. */
export type NaiveProducer = {
  publish(events: readonly OutgoingEvent[]): Promise<void>;
  close(): Promise<void>;
};

/** Connects a producer with everything that is said to make it safe: idempotent, all acknowledgements, one request in flight. */
export async function connectNaiveProducer(brokers: readonly string[]): Promise<NaiveProducer> {
  const client = new Kafka({
    brokers: [...brokers],
    clientId: 'naive',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 20 },
  });
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1, metadataMaxAge: 10_000 });
  await producer.connect();
  return {
    publish: async (events) => {
      const [first] = events;
      if (!first) return;
      const messages = events.map(({ key, value, headers }) => ({ key, value: JSON.stringify(value), headers }));
      await producer.send({ topic: first.topic, messages, acks: -1 });
    },
    close: () => producer.disconnect(),
  };
}
