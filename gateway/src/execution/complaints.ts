import type { GraphQLError } from 'graphql';
import type { FailureCode } from '../errors/catalogue.ts';
import { RequestFailures, requestFailure } from '../errors/request-failure.ts';
import { messageLengthMax } from '../limits/limits.ts';

/** Makes failures of what graphql-js complains about; its messages are meant for the author of the document. */
export function complaints(code: FailureCode, errors: readonly GraphQLError[]): RequestFailures {
  return new RequestFailures(
    errors.map(({ message, nodes, source, positions }) =>
      requestFailure(code, { message: message.slice(0, messageLengthMax), nodes, source, positions }),
    ),
  );
}
