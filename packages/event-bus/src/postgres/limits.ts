/** Connections of a process for publishing, reading and committing; each use lasts a millisecond or two. */
export const POOL_SIZE_MAX = 6;

/** A notification wakes consumers at once; the poll repairs a lost one. */
export const POLL_INTERVAL_MS = 1_000;

/** How often a member of a group shows that it lives. */
export const HEARTBEAT_INTERVAL_MS = 1_000;

/** Silence after which a member's partitions go to others: four heartbeats. A member whose session ended goes at once. */
export const LEASE_MS = 4_000;

/** The most bytes of values that one partition brings at once, so that large events do not fill the memory. */
export const BATCH_BYTES_MAX = 4_000_000;

/** The most events of waiting publications that go together in one transaction. */
export const PUBLISH_EVENTS_MAX = 1_000;

/** How often the listening connection is tried, since a dead peer is otherwise silent. */
export const LISTENER_PING_INTERVAL_MS = 10_000;

/** A server on the same machine or network that takes longer to answer a ping is not there. */
export const LISTENER_TIMEOUT_MS = 5_000;

/** Retention in days and compaction of small topics are in no hurry. */
export const MAINTENANCE_INTERVAL_MS = 60_000;

/** Records per maintenance statement: short locks, small transactions. */
export const MAINTENANCE_ROWS_MAX = 5_000;

/** Statements per maintenance run; what is left waits for the next. */
export const MAINTENANCE_ROUNDS_MAX = 20;
