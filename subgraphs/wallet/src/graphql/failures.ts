import { RpcDeadlineExceeded, RpcUnavailable } from '@localplus/rpc';
import { requestFailure } from '@localplus/subgraph-server';
import { InvalidCursor } from '../domain/cursor.ts';

/** Gives the failures that a client can act on their code; everything else stays a fault of the platform. */
export async function asRequestFailure<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof InvalidCursor) throw requestFailure('BAD_USER_INPUT', error.message);
    if (error instanceof RpcUnavailable || error instanceof RpcDeadlineExceeded) {
      throw requestFailure('SUBGRAPH_UNAVAILABLE', 'A part of the platform does not answer now. Send the same again.');
    }
    throw error;
  }
}
