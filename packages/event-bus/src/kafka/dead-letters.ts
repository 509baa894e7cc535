import { randomUUID } from 'node:crypto';
import type { Logger } from '@localplus/logging';
import type { Admin, EachBatchPayload, IHeaders } from 'kafkajs';
import type { DeadLetter } from '../event-bus.ts';
import type { StoredRecord } from '../stored-record.ts';
import { createClient, type KafkaConnection } from './connection.ts';
import { DEAD_LETTER_TOPIC } from './dead-letter-topic.ts';
import { FETCH_WAIT_MAX_MS } from './limits.ts';
import type { Publisher } from './publisher.ts';
import { storedRecordOf } from './stored-record-of.ts';

/** A dead letter with the record that it tells of. */
export type KeptDeadLetter = DeadLetter & Pick<StoredRecord, 'value' | 'headers' | 'time'>;

const prefix = 'localplus-dead-letter-';

/** Keeps a record that was set aside: as it was, with the reason and where it stood in further headers. */
export async function storeDeadLetter(publisher: Publisher, record: StoredRecord, letter: DeadLetter): Promise<void> {
  const { consumer, topic, partition, offset, key, reason } = letter;
  const place = { consumer, topic, partition: String(partition), offset: String(offset), key, reason };
  const headers: IHeaders = { ...record.headers, [`${prefix}time`]: record.time.toISOString() };
  for (const [name, value] of Object.entries(place)) headers[`${prefix}${name}`] = value;
  // The same place has the same key: however often it is redelivered, compaction keeps one.
  const letterKey = `${consumer}/${topic}/${partition}/${offset}`;
  await publisher.publish([{ topic: DEAD_LETTER_TOPIC, partition: 0, key: letterKey, value: record.value, headers }]);
}

/**
 * Reads the dead letters that are kept, the oldest first.
 * @param connection with the right to read the topic, and to join groups named `<clientId>.dead-letters.…`
 */
export async function readDeadLetters(connection: KafkaConnection, logger: Logger): Promise<KeptDeadLetter[]> {
  const client = createClient(connection, logger);
  const admin = client.admin();
  const consumer = client.consumer({
    groupId: `${connection.clientId}.dead-letters.${randomUUID()}`,
    maxWaitTimeInMs: FETCH_WAIT_MAX_MS,
  });
  const letters = new Map<string, KeptDeadLetter>();
  try {
    await admin.connect();
    const end = await endOf(admin);
    if (end === 0n) return [];
    await consumer.subscribe({ topics: [DEAD_LETTER_TOPIC], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      const eachBatch = async ({ batch }: EachBatchPayload): Promise<void> => {
        for (const message of batch.messages) {
          const record = storedRecordOf(DEAD_LETTER_TOPIC, batch.partition, message);
          letters.set(record.key, letterOf(record));
        }
        if (BigInt(batch.lastOffset()) + 1n >= end) resolve();
      };
      consumer.run({ autoCommit: false, eachBatch }).catch(reject);
    });
  } finally {
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
  }
  return [...letters.values()];
}

async function endOf(admin: Admin): Promise<bigint> {
  const offsets = await admin.fetchTopicOffsets(DEAD_LETTER_TOPIC);
  return BigInt(offsets[0]?.high ?? '0');
}

function letterOf({ value, headers }: StoredRecord): KeptDeadLetter {
  const note = (name: string): string => headers[`${prefix}${name}`] ?? '';
  return {
    consumer: note('consumer'),
    topic: note('topic'),
    partition: Number(note('partition')),
    offset: BigInt(note('offset') || '0'),
    key: note('key'),
    reason: note('reason'),
    time: new Date(note('time')),
    value,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(prefix))),
  };
}
