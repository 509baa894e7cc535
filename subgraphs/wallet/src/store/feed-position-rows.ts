import type { Sql } from './connection.ts';
import { readStatement } from './read-statement.ts';

const readFeedPositions = readStatement('read-feed-positions');

/** The next offset to read in a partition of a topic. */
export interface FeedPosition {
  /** The log that the offset is of: see `EventBus.logId`. */
  logId: string;
  topic: string;
  partition: number;
  offset: bigint;
}

/** Reads up to where the topic was applied; empty before the first start. */
export async function loadFeedPositions(sql: Sql, logId: string, topic: string): Promise<FeedPosition[]> {
  const { rows } = await sql.query<{ partition: number; next_offset: bigint }>({
    ...readFeedPositions,
    values: [logId, topic],
  });
  return rows.map(({ partition, next_offset }) => ({ logId, topic, partition, offset: BigInt(next_offset) }));
}
