import { sqlState } from '@localplus/postgres';
import { requestFailure } from '@localplus/subgraph-server';
import { RoleNotAllowed } from '../domain/rights.ts';

/** What is left after PostgreSQL was asked four times: deadlock, serialization failure, lock timeout. */
const contention = new Set<string | undefined>(['40001', '40P01', '55P03']);
/** Longer than a lock is waited for, so that the next attempt does not meet the same queue. */
const retryAfterMs = 3_000;

/** Gives the failures that a client can act on their code; refusals, and faults of the platform, stay what they are. */
export async function asRequestFailure<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RoleNotAllowed) throw requestFailure('FORBIDDEN', error.message);
    if (contention.has(sqlState(error))) {
      throw requestFailure('OVERLOADED', 'Too much happens at this merchant at once. Send the same again.', {
        retryAfterMs,
      });
    }
    throw error;
  }
}
