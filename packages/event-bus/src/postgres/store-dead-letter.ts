import type { Pool } from 'pg';
import type { DeadLetter } from '../event-bus.ts';
import type { StoredRecord } from '../stored-record.ts';

/** Keeps a record that was set aside; once, however often it is redelivered. */
export async function storeDeadLetter(pool: Pool, record: StoredRecord, deadLetter: DeadLetter): Promise<void> {
  await pool.query(
    `insert into dead_letters (consumer, topic, partition, record_offset, key, value, headers, recorded_at, reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict on constraint dead_letters_record_key do nothing`,
    [
      deadLetter.consumer,
      record.topic,
      record.partition,
      record.offset,
      record.key,
      record.value,
      JSON.stringify(record.headers),
      record.time,
      deadLetter.reason,
    ],
  );
}
