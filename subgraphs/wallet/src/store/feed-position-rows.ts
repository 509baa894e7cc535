import type { Sql } from './connection.ts';
import { readStatement } from './read-statement.ts';

const readFeedPositions = readStatement('read-feed-positions');
const saveFeedPositions = readStatement('save-feed-positions');

/** Whose positions are meant. */
export interface FollowedTopic {
  /** The log that offsets are of: see `EventBus.logId`. */
  logId: string;
  topic: string;
}

/** The next offset to read in a partition. */
export interface FeedPosition {
  partition: number;
  offset: bigint;
}

/** Reads up to where the topic was applied; empty before the first start. */
export async function loadFeedPositions(sql: Sql, { logId, topic }: FollowedTopic): Promise<FeedPosition[]> {
  const { rows } = await sql.query<{ partition: number; next_offset: bigint }>({
    ...readFeedPositions,
    values: [logId, topic],
  });
  return rows.map(({ partition, next_offset }) => ({ partition, offset: BigInt(next_offset) }));
}

/** Stores up to where the topic was applied. */
export async function storeFeedPositions(
  sql: Sql,
  { logId, topic }: FollowedTopic,
  positions: readonly FeedPosition[],
): Promise<void> {
  const values = [logId, topic, positions.map(({ partition }) => partition), positions.map(({ offset }) => offset)];
  await sql.query({ ...saveFeedPositions, values });
}
