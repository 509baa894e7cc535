import { randomUUID } from 'node:crypto';
import type { Logger } from '@localplus/logging';
import type { EachBatchPayload } from 'kafkajs';
import { createClient, type KafkaConnection } from './connection.ts';
import { type DeadLetterMessage, readDeadLetterMessage } from './dead-letter-messages.ts';
import { DEAD_LETTER_TOPIC } from './dead-letter-topic.ts';
import { FETCH_WAIT_MAX_MS } from './limits.ts';
import { storedRecordOf } from './stored-record-of.ts';

/**
 * Reads the topic of dead letters once, from its beginning to where it ends now.
 * @param connection with the right to read the topic, and to join groups named `<clientId>.dead-letters.…`
 */
export async function readDeadLetterTopic(
  connection: KafkaConnection,
  logger: Logger,
  onMessage: (message: DeadLetterMessage) => void,
): Promise<void> {
  const client = createClient(connection, logger);
  const admin = client.admin();
  const consumer = client.consumer({
    groupId: `${connection.clientId}.dead-letters.${randomUUID()}`,
    maxWaitTimeInMs: FETCH_WAIT_MAX_MS,
  });
  try {
    await admin.connect();
    const [range] = await admin.fetchTopicOffsets(DEAD_LETTER_TOPIC);
    const end = BigInt(range?.high ?? '0');
    if (end === BigInt(range?.low ?? '0')) return;
    await consumer.subscribe({ topics: [DEAD_LETTER_TOPIC], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      const eachBatch = async ({ batch }: EachBatchPayload): Promise<void> => {
        for (const message of batch.messages) {
          if (BigInt(message.offset) >= end) break;
          onMessage(readDeadLetterMessage(storedRecordOf(DEAD_LETTER_TOPIC, batch.partition, message)));
        }
        if (BigInt(batch.lastOffset()) + 1n >= end) resolve();
      };
      consumer.run({ autoCommit: false, eachBatch }).catch(reject);
    });
  } finally {
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
  }
}
