import { GraphQLError, type GraphQLErrorOptions } from 'graphql';
import { catalogue, type FailureCode } from './catalogue.ts';

interface FailureOptions extends Pick<GraphQLErrorOptions, 'nodes' | 'path' | 'source' | 'positions'> {
  /** Instead of the catalogue's text; meant for the client, so it never holds a secret or an inner name. */
  message?: string;
  /** Further extensions for the client, for instance `retryAfterMs`. */
  details?: Readonly<Record<string, unknown>>;
}

/** A failure of a request as the client sees it. Made by `requestFailure` alone, which is how the error mapper knows it. */
export class RequestFailure extends GraphQLError {
  readonly code: FailureCode;

  constructor(code: FailureCode, { message, details, ...location }: FailureOptions = {}) {
    super(message ?? catalogue[code].message, { ...location, extensions: { ...details, code } });
    this.name = 'RequestFailure';
    this.code = code;
  }
}

/** Makes a failure with a code of the catalogue. */
export function requestFailure(code: FailureCode, options?: FailureOptions): RequestFailure {
  return new RequestFailure(code, options);
}

/** Several failures of one request, for instance of its validation. */
export class RequestFailures extends Error {
  readonly failures: readonly RequestFailure[];

  constructor(failures: readonly RequestFailure[]) {
    super(failures[0]?.message ?? 'The request failed.');
    this.name = 'RequestFailures';
    this.failures = failures;
  }
}
