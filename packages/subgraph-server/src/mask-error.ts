import { randomUUID } from 'node:crypto';
import type { Logger } from '@localplus/logging';
import { GraphQLError } from 'graphql';
import { requestFailure, requestFailureCodes } from './request-failure.ts';

const knownCodes = new Set<unknown>(requestFailureCodes);

function isMeantForClient(error: GraphQLError): boolean {
  return knownCodes.has(error.extensions.code);
}

/**
 * Decides what a client sees of an error. Failures with a code of the catalogue pass, complaints of graphql-js about the
 * request become BAD_USER_INPUT, and everything else is a fault of ours: logged once with its cause, and masked.
 */
export function maskError(error: unknown, logger: Logger): GraphQLError {
  if (error instanceof GraphQLError) {
    if (isMeantForClient(error)) return error;
    const original = error.originalError;
    if (original instanceof GraphQLError && isMeantForClient(original)) {
      return new GraphQLError(original.message, {
        path: error.path,
        nodes: error.nodes,
        extensions: original.extensions,
      });
    }
    if (original === undefined || original === null) {
      return new GraphQLError(error.message, {
        path: error.path,
        nodes: error.nodes,
        extensions: { ...error.extensions, code: 'BAD_USER_INPUT' },
      });
    }
  }
  const requestId = randomUUID();
  logger.error({ err: error, requestId }, 'a request failed by a fault of the platform');
  const masked = requestFailure('INTERNAL_SERVER_ERROR', 'The platform failed to answer. The fault was recorded.', {
    requestId,
  });
  return error instanceof GraphQLError
    ? new GraphQLError(masked.message, { path: error.path, nodes: error.nodes, extensions: masked.extensions })
    : masked;
}
