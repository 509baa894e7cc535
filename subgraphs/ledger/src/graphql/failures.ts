import type { Logger } from '@localplus/logging';
import { RpcDeadlineExceeded, RpcUnavailable } from '@localplus/rpc';
import { requestFailure } from '@localplus/subgraph-server';
import { Forbidden, Overloaded, Unavailable } from '../domain/failures.ts';
import { isConnectionLost } from '../store/connection-loss.ts';

/** Nobody answered: the ledger's own time ran out, or a neighbour's. */
const unavailability = [Unavailable, RpcUnavailable, RpcDeadlineExceeded];
const unavailable = 'The ledger could not finish in time. Send the same again, with the same idempotency key.';

/** Gives the failures that a client can act on their code; everything else stays a fault of the platform. */
export async function asRequestFailure<Value>(logger: Logger, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Forbidden) throw requestFailure('FORBIDDEN', error.message);
    if (error instanceof Overloaded) {
      throw requestFailure('OVERLOADED', error.message, { retryAfterMs: error.retryAfterMs });
    }
    if (unavailability.some((failure) => error instanceof failure) || isConnectionLost(error)) {
      logger.warn({ err: error }, 'a command could not be finished in time');
      throw requestFailure('SUBGRAPH_UNAVAILABLE', unavailable);
    }
    throw error;
  }
}
