import { sqlState } from '@localplus/postgres';

/** The server ends the connection, refuses new ones, or is starting: classes 08, 57P01 to 57P05, 53300. */
const connectionStates = /^(?:08|57P0|53300)/;
const socketCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
/** What `pg` says, without a code, of a connection that broke or was never made. */
const driverMessages = /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/** Whether a statement failed because of its connection: then it may have been carried out or not. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return connectionStates.test(state);
  if (!(error instanceof Error)) return false;
  return ('code' in error && socketCodes.has(String(error.code))) || driverMessages.test(error.message);
}
