/** Rows per publication: enough to amortise the round trips, little to send again after a crash. */
export const BATCH_ROWS_MAX = 500;

/** How often the table is looked at without being woken: another process of the subgraph may have written. */
export const POLL_INTERVAL_MS = 100;

/** How often a stand-by tries for the lock: it takes over well within two seconds. */
export const LOCK_POLL_INTERVAL_MS = 500;

/** An active publisher that is silent this long is frozen: the server ends its session, which frees the lock. */
export const SESSION_IDLE_MAX_MS = 10_000;

/** Published rows are kept this long, for whoever looks into a fault; the table stays small. */
export const PUBLISHED_KEPT_MS = 60_000;

/** How often published rows are deleted. */
export const PURGE_INTERVAL_MS = 5_000;

/** Rows per deletion: a short transaction. */
export const PURGE_ROWS_MAX = 5_000;

/** Deletions per purge: more than a second's worth of the highest load for each second since the last. */
export const PURGE_ROUNDS_MAX = 20;

/** The lag counts no further: a minute of the highest load, and enough to raise every alarm. */
export const LAG_EVENTS_MAX = 100_000;
