import { type ServiceError, status } from '@grpc/grpc-js';

/** A remote call that brought no answer of its service. */
export class RpcFailed extends Error {
  readonly method: string;
  readonly statusCode: number;

  constructor(method: string, statusCode: number, detail: string) {
    super(`${method}: ${detail}`);
    this.name = new.target.name;
    this.method = method;
    this.statusCode = statusCode;
  }
}

/** Nobody answered in time: the outcome is unknown. */
export class RpcDeadlineExceeded extends RpcFailed {}
/** The service could not be reached, or went away: the outcome is unknown. */
export class RpcUnavailable extends RpcFailed {}
/** The service answered that it will not do this; trying again changes nothing. */
export class RpcRefused extends RpcFailed {}

const refusals = new Set<number>([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.FAILED_PRECONDITION,
  status.UNAUTHENTICATED,
  status.UNIMPLEMENTED,
]);

/** Sorts a gRPC error by what the caller can conclude from it. */
export function toRpcFailure(method: string, error: ServiceError): RpcFailed {
  if (error.code === status.DEADLINE_EXCEEDED) return new RpcDeadlineExceeded(method, error.code, error.details);
  if (error.code === status.UNAVAILABLE || error.code === status.CANCELLED)
    return new RpcUnavailable(method, error.code, error.details);
  if (refusals.has(error.code)) return new RpcRefused(method, error.code, error.details);
  return new RpcFailed(method, error.code, error.details);
}
