/** 32 balance changes are about 20 kB; a full page of 1,000 about 600 kB. */
export const messageBytesMax = 4 * 1024 * 1024;

/**
 * Pings find a half-open connection: without them a peer that vanished would be noticed after minutes. Ten seconds is the
 * shortest interval that servers accept by default without calling it abuse.
 */
export const keepaliveIntervalMs = 10_000;
export const keepaliveTimeoutMs = 3_000;

/** A neighbour that restarts is back within seconds; gRPC's own ceiling of two minutes would keep it unreachable for long. */
export const reconnectBackoffMinMs = 100;
export const reconnectBackoffMaxMs = 1_000;
