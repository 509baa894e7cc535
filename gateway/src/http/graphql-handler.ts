import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Authenticator } from '../authentication/authenticator.ts';
import { readCredential } from '../authentication/credential.ts';
import { type ClientErrors, httpStatusOf, newRequestId } from '../errors/client-errors.ts';
import { type RequestFailure, requestFailure } from '../errors/request-failure.ts';
import type { Operations } from '../execution/operations.ts';
import { readParameters } from './read-parameters.ts';

/** What the HTTP server hands on beside the request. */
interface ServerContext {
  req: IncomingMessage;
  res: ServerResponse;
  requestId: string;
}

interface GraphqlHandlerOptions {
  operations: Operations;
  authenticator: Authenticator;
  errors: ClientErrors;
  corsOrigins: readonly string[];
}

const headersByStatus: Readonly<Record<number, Record<string, string>>> = {
  401: { 'www-authenticate': 'Bearer' },
  405: { allow: 'GET, POST' },
  503: { 'retry-after': '1' },
};

/** Gives a failure of a whole request its HTTP status; yoga reads and removes it. */
function withHttpStatus(failure: RequestFailure): GraphQLError {
  const { status, isGraphQL } = httpStatusOf(failure);
  const { message, nodes, source, positions, path, extensions } = failure;
  const http = { status, spec: isGraphQL, headers: headersByStatus[status] ?? {} };
  return new GraphQLError(message, { nodes, source, positions, path, extensions: { ...extensions, http } });
}

function isReady(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && error.extensions.http !== undefined;
}

function allowedBy(method: string | undefined): OperationTypeNode[] {
  return method === 'GET' ? [OperationTypeNode.QUERY] : [OperationTypeNode.QUERY, OperationTypeNode.MUTATION];
}

/** Lets yoga speak HTTP, and everything behind it be done by the operations that the sockets use too. */
function useOperations({ operations, authenticator, errors }: GraphqlHandlerOptions): Plugin<object, ServerContext> {
  const refusals = (error: unknown, requestId: string) => errors.ofRequest(error, { requestId }).map(withHttpStatus);
  return {
    onRequestParse({ url, serverContext, setRequestParser }) {
      const { req, requestId } = serverContext;
      if (req.method !== 'GET' && req.method !== 'POST') throw withHttpStatus(requestFailure('METHOD_NOT_ALLOWED'));
      setRequestParser(() =>
        readParameters(req, new URL(url.href)).catch((error: unknown) => {
          throw refusals(error, requestId)[0];
        }),
      );
    },
    async onParams({ params, context, setResult }) {
      const { req, requestId } = context as ServerContext;
      const { query = '', operationName, variables } = params;
      try {
        const ready = await operations.prepare({
          query,
          operationName,
          variables,
          allowed: allowedBy(req.method),
          authenticate: () => authenticator.authenticate(readCredential(req.headers.authorization)),
          requestId,
        });
        const result = await operations.execute(ready);
        setResult('data' in result ? result : { errors: result.errors?.map(withHttpStatus) });
      } catch (error) {
        setResult({ errors: refusals(error, requestId) });
      }
    },
  };
}

/** Serves GraphQL over HTTP at `/graphql`. */
export function createGraphqlHandler(options: GraphqlHandlerOptions) {
  const { corsOrigins, errors } = options;
  return createYoga<ServerContext>({
    graphqlEndpoint: '/graphql',
    plugins: [useOperations(options)],
    // Failures that have their HTTP status were made here; anything else is a fault of yoga's own.
    maskedErrors: {
      maskError: (error) =>
        isReady(error) ? error : withHttpStatus(errors.fault(error, { requestId: newRequestId() })),
    },
    cors:
      corsOrigins.length > 0
        ? {
            origin: [...corsOrigins],
            methods: ['GET', 'POST'],
            allowedHeaders: ['authorization', 'content-type'],
            credentials: false,
          }
        : false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    maxRequestBodySize: false,
    parserAndValidationCache: false,
    logging: false,
  });
}
