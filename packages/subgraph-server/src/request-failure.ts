import { GraphQLError } from 'graphql';

/**
 * Failures of a request as such, with their HTTP status where the whole request fails. Outcomes of business are no
 * failures: they are typed results.
 */
const statusByCode = {
  /** The request bears no identity that is accepted. */
  UNAUTHENTICATED: 401,
  /** The caller's role does not allow this. */
  FORBIDDEN: 200,
  /** A value has the wrong form. */
  BAD_USER_INPUT: 200,
  /** More work waits than can be done in time; try again after `retryAfterMs`. */
  OVERLOADED: 200,
  /** A part of the platform that the answer needs does not answer; nothing is known to have happened. */
  SUBGRAPH_UNAVAILABLE: 200,
  /** A fault of the platform, logged under `requestId`. */
  INTERNAL_SERVER_ERROR: 200,
} as const;

/** Stable code of a failure of a request. */
export type RequestFailureCode = keyof typeof statusByCode;

/** All codes that a subgraph answers with. */
export const requestFailureCodes = Object.keys(statusByCode) as RequestFailureCode[];

/**
 * Makes a failure that reaches the client as `errors[].extensions.code`.
 * @param message meant for the client; never holds a secret or an inner name
 */
export function requestFailure(
  code: RequestFailureCode,
  message: string,
  details: Record<string, unknown> = {},
): GraphQLError {
  const status = statusByCode[code];
  return new GraphQLError(message, {
    extensions: { ...details, code, ...(status === 200 ? {} : { http: { status } }) },
  });
}
