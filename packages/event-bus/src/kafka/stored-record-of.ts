import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { StoredRecord } from '../stored-record.ts';

/** A message of Kafka as a record of the log. What it lacks becomes empty, and so fails the check of its envelope. */
export function storedRecordOf(topic: string, partition: number, message: KafkaMessage): StoredRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString('utf8') ?? '',
    value: message.value?.toString('utf8') ?? '',
    headers: headersOf(message.headers ?? {}),
    time: new Date(Number(message.timestamp)),
  };
}

function headersOf(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String((Array.isArray(value) ? value[0] : value) ?? '')]),
  );
}
