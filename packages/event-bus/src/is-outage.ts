/** Node's codes for a neighbour that cannot be reached, or went away. */
const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** SQLSTATE: connection, contention, resources, shutdown, lock timeout, server starting or stopping. */
const sqlStates = /^(08|40|53|57P|55P03|57014)/;

/** gRPC: deadline exceeded, resource exhausted, unavailable. */
const grpcCodes = new Set([4, 8, 14]);

/** What drivers say, without a code, of a connection that has gone. */
const messages = /connection terminated|connection error|timeout exceeded when trying to connect|query read timeout/i;

/** Errors wrap each other a few times at most. */
const causesMax = 8;

/**
 * Whether an error tells of a neighbour that is down or overloaded (PostgreSQL, gRPC, the network), and so is no fault
 * of what was being handled.
 */
export function isOutage(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < causesMax && current instanceof Error; depth += 1) {
    const code = 'code' in current ? current.code : undefined;
    if (typeof code === 'number' && grpcCodes.has(code)) return true;
    if (typeof code === 'string' && (systemCodes.has(code) || sqlStates.test(code))) return true;
    if (messages.test(current.message)) return true;
    current = current.cause;
  }
  return false;
}
