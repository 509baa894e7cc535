/** A consumer's most records at once: enough to amortise a round trip, few enough to redeliver after a crash. */
export const BATCH_SIZE_MAX = 500;

/** The most bytes of an event's value: what a Kafka broker accepts in its default setting, less room for headers. */
export const EVENT_BYTES_MAX = 1_000_000;

/** The longest key: every aggregate's identifier is far shorter. */
export const KEY_LENGTH_MAX = 255;

/** Attempts at a record before it is set aside: what passes by itself has passed by then (about two seconds). */
export const HANDLER_ATTEMPTS_MAX = 5;

/** Longest reason kept with a dead letter: a message, not a dump. */
export const REASON_LENGTH_MAX = 1_000;
