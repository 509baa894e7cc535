import { randomUUID } from 'node:crypto';
import type { Logger } from '@localplus/logging';
import { GraphQLError } from 'graphql';
import { catalogue, type FailureCode } from './catalogue.ts';
import { RequestFailure, RequestFailures, requestFailure } from './request-failure.ts';

/** What a log line needs to find the request again. Never the document or the variables: they may hold personal data. */
export interface RequestTrace {
  requestId: string;
  operationName?: string | null | undefined;
}

/** Codes that a subgraph may answer with and whose message it wrote for the client. */
const passedCodes = new Set<FailureCode>(['FORBIDDEN', 'BAD_USER_INPUT', 'OVERLOADED', 'SUBGRAPH_UNAVAILABLE']);
const loggedIdPattern = /^[0-9a-f-]{36}$/;

function isPassedCode(code: unknown): code is FailureCode {
  return passedCodes.has(code as FailureCode);
}

/** A fault that the subgraph has already logged, under an id that the client may quote. */
function requestIdOfSubgraph({ extensions }: GraphQLError): string | undefined {
  const { code, requestId } = extensions;
  return code === 'INTERNAL_SERVER_ERROR' && typeof requestId === 'string' && loggedIdPattern.test(requestId)
    ? requestId
    : undefined;
}

/**
 * Turns whatever went wrong into what a client may see. Failures with a code pass; everything else is a fault of the
 * platform: masked, and logged once with its cause under the id that the client gets.
 */
export class ClientErrors {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** For what a request was refused with before it had any data. */
  ofRequest(error: unknown, trace: RequestTrace): readonly RequestFailure[] {
    if (error instanceof RequestFailures) return error.failures;
    if (error instanceof RequestFailure) return [error];
    return [this.fault(error, trace)];
  }

  /** For the errors of a result that may have data beside them. */
  ofResult(errors: readonly unknown[], trace: RequestTrace): readonly RequestFailure[] {
    return errors.map((error) =>
      error instanceof GraphQLError ? this.#ofField(error, trace) : this.fault(error, trace),
    );
  }

  #ofField(error: GraphQLError, trace: RequestTrace): RequestFailure {
    if (error instanceof RequestFailure) return error;
    const { path } = error;
    const { code, retryAfterMs } = error.extensions;
    if (isPassedCode(code)) {
      const details = typeof retryAfterMs === 'number' ? { retryAfterMs } : {};
      return requestFailure(code, { path, message: error.message, details });
    }
    if (code === 'UNAUTHENTICATED') {
      this.#logger.error({ err: error, ...trace }, 'a subgraph refused the identity that the gateway signed');
      return requestFailure('UNAUTHENTICATED', { path });
    }
    const requestId = requestIdOfSubgraph(error);
    return requestId
      ? requestFailure('INTERNAL_SERVER_ERROR', { path, details: { requestId } })
      : this.fault(error, trace);
  }

  /** For a fault of the platform: logs it and masks it. */
  fault(error: unknown, trace: RequestTrace): RequestFailure {
    this.#logger.error({ err: error, ...trace }, 'a request failed by a fault of the platform');
    return requestFailure('INTERNAL_SERVER_ERROR', {
      path: error instanceof GraphQLError ? error.path : undefined,
      details: { requestId: trace.requestId },
    });
  }
}

/** A new id to find a request by. */
export function newRequestId(): string {
  return randomUUID();
}

/** The HTTP status of a request that failed as a whole. */
export function httpStatusOf(failure: RequestFailure): { status: number; isGraphQL: boolean } {
  const { status, isGraphQL = false } = catalogue[failure.code] as { status: number; isGraphQL?: boolean };
  return { status, isGraphQL };
}
