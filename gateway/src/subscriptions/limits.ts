/**
 * A client that reads slowly is this many changes behind before they are put together into the newest. A page of missed
 * changes arrives at once and must fit; the changes are shared between clients, so a full queue costs one client 8 kB.
 */
export const clientQueueMax = 1_024;
/** Events that wait while a gap is being filled. Past this they are dropped: the gap they leave is filled in turn. */
export const pendingEventsMax = 256;

/** A subgraph that restarts is back within seconds, and every gateway comes back at once: hence the growing, random wait. */
export const reconnectAfterMinMs = 200;
export const reconnectAfterMaxMs = 5_000;
/** A live stream waits this long for its subgraph to come back: a longer absence is an outage that clients should know of. */
export const reconnectLimitMs = 60_000;
/** Who has just subscribed, or has just asked for what was missed, is told sooner. */
export const firstAnswerLimitMs = 5_000;

/** Finds a subgraph that vanished without closing its sockets. */
export const upstreamPingIntervalMs = 10_000;
export const upstreamPongTimeoutMs = 5_000;
/** A subgraph that accepts a socket and does not answer is no better than one that is down. */
export const upstreamConnectTimeoutMs = 5_000;
/** One event of one wallet, with room for a wide selection. */
export const upstreamMessageBytesMax = 1_000_000;
