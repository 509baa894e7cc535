/**
 * Every code that a client can meet in `errors[].extensions.code`. `status` is the HTTP status when the request as a whole
 * fails; codes with `isGraphQL` answer 200 to clients that accept only `application/json`, as GraphQL over HTTP asks.
 */
export const catalogue = {
  UNAUTHENTICATED: { status: 401, message: 'A valid token or partner key is needed.' },
  TOKEN_EXPIRED: { status: 401, message: 'The token has expired; ask your identity provider for a new one.' },
  AUTHENTICATION_UNAVAILABLE: { status: 503, message: 'The identity provider does not answer; try again.' },
  FORBIDDEN: { status: 403, message: 'This is not open to the caller.' },
  BAD_REQUEST: { status: 400, message: 'The request is no GraphQL request.' },
  REQUEST_NOT_PREFLIGHTED: {
    status: 403,
    message: 'Send an Authorization header, a JSON body or the header graphql-require-preflight.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    message: 'Queries go by GET or POST, mutations by POST, subscriptions by WebSocket.',
  },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'The body must be application/json.' },
  PAYLOAD_TOO_LARGE: { status: 413, message: 'The request is larger than 1 MB.' },
  GRAPHQL_PARSE_FAILED: { status: 400, isGraphQL: true, message: 'The document is not GraphQL.' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, isGraphQL: true, message: 'The document does not fit the schema.' },
  OPERATION_RESOLUTION_FAILURE: { status: 400, isGraphQL: true, message: 'Name the operation to execute.' },
  BAD_USER_INPUT: { status: 400, isGraphQL: true, message: 'A value has the wrong form.' },
  QUERY_TOO_LARGE: { status: 400, isGraphQL: true, message: 'The document has too many tokens.' },
  QUERY_TOO_DEEP: { status: 400, isGraphQL: true, message: 'The document is nested too deep.' },
  QUERY_TOO_COMPLEX: { status: 400, isGraphQL: true, message: 'The document asks for too much at once.' },
  OVERLOADED: { status: 503, message: 'More work waits than can be done in time; try again.' },
  SUBGRAPH_UNAVAILABLE: {
    status: 503,
    message:
      'A part of the platform does not answer. Of a mutation the outcome is unknown: send it again with the same idempotency key.',
  },
  SUBSCRIPTION_LIMIT: { status: 400, isGraphQL: true, message: 'This socket has as many operations as it may.' },
  SUBSCRIPTION_ACCESS_CHANGED: { status: 200, message: 'The rights of the caller have changed; subscribe again.' },
  SUBSCRIPTION_SCHEMA_RELOAD: { status: 200, message: 'The schema has changed; subscribe again.' },
  INTERNAL_SERVER_ERROR: { status: 500, message: 'The platform failed to answer. The fault was recorded.' },
} as const satisfies Record<string, { status: number; isGraphQL?: true; message: string }>;

/** A stable code of a failed request. */
export type FailureCode = keyof typeof catalogue;

/** Whether the text is a code of the catalogue. */
export function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(catalogue, code);
}
