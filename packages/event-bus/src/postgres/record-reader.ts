import type { Pool } from 'pg';
import type { EventHeaders } from '../event.ts';
import type { StoredRecord } from '../stored-record.ts';
import { BATCH_BYTES_MAX } from './limits.ts';
import type { CatalogPartition } from './topic-catalog.ts';

/** Where to read on in a partition. */
export type ReadPosition = CatalogPartition & { readonly position: bigint };

type RecordRow = {
  partition_id: number;
  record_offset: bigint;
  key: string;
  value: string;
  headers: EventHeaders;
  recorded_at: Date;
};

/**
 * Reads the next records of several partitions in one round trip, at most so many of each.
 * @returns by partition id; partitions without records are left out
 */
export async function readRecords(
  pool: Pool,
  positions: readonly ReadPosition[],
  recordsMax: number,
): Promise<Map<number, StoredRecord[]>> {
  const { rows } = await pool.query<RecordRow>({
    name: 'read-records',
    text: 'select * from read_records($1::integer[], $2::bigint[], $3, $4)',
    values: [positions.map(({ id }) => id), positions.map(({ position }) => position), recordsMax, BATCH_BYTES_MAX],
  });
  const places = new Map(positions.map(({ id, topic, partition }) => [id, { topic, partition }]));
  const records = new Map<number, StoredRecord[]>();
  for (const row of rows) {
    const place = places.get(row.partition_id);
    if (!place) continue;
    const record = {
      ...place,
      offset: row.record_offset,
      key: row.key,
      value: row.value,
      headers: row.headers,
      time: row.recorded_at,
    };
    const earlier = records.get(row.partition_id);
    if (earlier) earlier.push(record);
    else records.set(row.partition_id, [record]);
  }
  return records;
}

/** Whether records that were read may have more behind them, which a limit left out. */
export function isCutOff(records: readonly StoredRecord[], recordsMax: number): boolean {
  if (records.length >= recordsMax) return true;
  return records.reduce((bytes, { value }) => bytes + Buffer.byteLength(value), 0) >= BATCH_BYTES_MAX;
}
