/** A broker on the same network that takes longer to accept a connection is not there. */
export const CONNECTION_TIMEOUT_MS = 2_000;

/** A broker that takes longer to answer is hung or half-open: the request goes elsewhere. */
export const REQUEST_TIMEOUT_MS = 5_000;

/** First and longest pause of the client between attempts: after an outage work goes on within a second. */
export const CLIENT_RETRY_FIRST_MS = 100;
export const CLIENT_RETRY_MAX_MS = 1_000;

/** Attempts of what somebody waits for: about five seconds. */
export const CLIENT_RETRIES_MAX = 8;

/** Attempts of a fetch before the consumer is replaced, which takes another connection. */
export const CONSUMER_RETRIES_MAX = 5;

/** How old the knowledge of who leads a partition may become before it is asked again. */
export const PRODUCER_METADATA_AGE_MAX_MS = 10_000;
export const CONSUMER_METADATA_AGE_MAX_MS = 5_000;

/** Silence after which a member's partitions go to others: the least that brokers allow by default. */
export const SESSION_TIMEOUT_MS = 6_000;

/** How often a member of a group shows that it lives. */
export const HEARTBEAT_INTERVAL_MS = 1_000;

/** How long a group waits for a member that still handles a batch: above the longest statement and call of a handler. */
export const REBALANCE_TIMEOUT_MS = 15_000;

/** How long a broker may hold a fetch that finds nothing; what arrives meanwhile is sent at once. */
export const FETCH_WAIT_MAX_MS = 1_000;

/** The most bytes that one fetch brings of a partition, and of all of them. */
export const PARTITION_FETCH_BYTES_MAX = 1_048_576;
export const FETCH_BYTES_MAX = 10_485_760;

/** Records of a partition that wait here before it is fetched no more: two full batches. */
export const PREFETCH_RECORDS_MAX = 1_000;

/** How long the other partitions wait for one that is full before they go on without it. */
export const PREFETCH_PATIENCE_MS = 100;

/** Without a heartbeat and a fetch that succeed for so long a consumer is stalled: above a rebalance that takes its time. */
export const STALL_MS = 25_000;

/** How often the watchdog looks. */
export const WATCHDOG_INTERVAL_MS = 1_000;

/** How long closing waits for the broker to let a member or the producer go; it notices by itself when they are gone. */
export const DISCONNECT_LIMIT_MS = 5_000;

/** The most bytes of events that go together in one request: what a broker takes in its default setting, with room. */
export const PUBLISH_BYTES_MAX = 1_000_000;

/** How long a publication may take; then its outcome is unknown. A leader that dies is replaced in a third of it. */
export const PUBLISH_LIMIT_MS = 30_000;

/** How long a topic that was just created may lack a leader. */
export const TOPIC_READY_LIMIT_MS = 30_000;
export const TOPIC_POLL_MS = 50;

/** Copies of each record in a cluster of three brokers, and how many must have it before it is acknowledged. */
export const REPLICATION_FACTOR_MAX = 3;
export const IN_SYNC_REPLICAS_MIN = 2;

/** Dead letters may be larger than what a topic takes otherwise: they have headers of their own, or were too large. */
export const DEAD_LETTER_BYTES_MAX = 16_777_216;

/** The most bytes of a value that are kept as a dead letter: with headers it fits what its topic takes. */
export const DEAD_LETTER_VALUE_BYTES_MAX = 8_388_608;

/** The most bytes of parked values that a release takes into memory at once. */
export const RELEASE_BYTES_MAX = 4_000_000;

/** Partitions of a process that are handled side by side, more than it ever has. */
export const LANES_MAX = 256;

/** How long a fetch waits that came for a partition which is just leaving. */
export const LEAVING_PAUSE_MS = 50;

/** How long a question to the cluster is asked again: longer than a new leader takes, shorter than a caller waits. */
export const ADMINISTRATION_LIMIT_MS = 8_000;
