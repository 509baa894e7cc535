import type { Server } from 'node:http';
import { type Caller, IdentityRefused, type IdentityVerifier, identityHeader } from '@localplus/identity';
import type { Logger } from '@localplus/logging';
import { execute, GraphQLError, type GraphQLSchema, parse, subscribe, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { maskError } from './mask-error.ts';
import { requestFailure } from './request-failure.ts';

/** The gateway sends short operations; what is longer is not the gateway. */
const messageBytesMax = 256 * 1024;
/** Finds a gateway that vanished without a word. */
const pingIntervalMs = 10_000;

interface SubscriptionOptions<Context extends object> {
  server: Server;
  schema: GraphQLSchema;
  verifier: IdentityVerifier;
  createContext: (caller: Caller) => Context;
  logger: Logger;
}

/** Serves the schema over graphql-ws. The identity comes with `connection_init` and is verified at each subscribe. */
export function serveSubscriptions<Context extends object>({
  server,
  schema,
  verifier,
  createContext,
  logger,
}: SubscriptionOptions<Context>) {
  // Attached by hand: a socket server that is given the HTTP server takes that one's errors, a taken port for instance, for its own.
  const sockets = new WebSocketServer({ noServer: true, path: '/graphql', maxPayload: messageBytesMax });
  server.on('upgrade', (request, socket, head) => {
    if (!sockets.shouldHandle(request)) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (accepted) => sockets.emit('connection', accepted, request));
  });
  const masked = (error: unknown) => [maskError(error, logger)] as const;

  const running = useServer(
    {
      execute,
      subscribe: async (args) => {
        try {
          return await subscribe(args);
        } catch (error) {
          return { errors: masked(error) };
        }
      },
      onSubscribe: async ({ connectionParams }, _id, payload) => {
        try {
          const token = connectionParams?.[identityHeader];
          const caller = await verifier.verify(typeof token === 'string' ? token : undefined);
          const document = parse(payload.query);
          const problems = validate(schema, document);
          if (problems.length > 0) return problems.map((problem) => maskError(problem, logger));
          return {
            schema,
            document,
            operationName: payload.operationName,
            variableValues: payload.variables,
            contextValue: createContext(caller),
          };
        } catch (error) {
          if (error instanceof IdentityRefused) return [requestFailure('UNAUTHENTICATED', error.message)];
          return [...masked(error)];
        }
      },
      onError: (_context, _id, _payload, errors) => errors.map((error) => maskError(error, logger)),
      onNext: (_context, _id, _payload, _args, result) =>
        result.errors
          ? {
              ...result,
              errors: result.errors.map((error) =>
                maskError(error instanceof GraphQLError ? error : new GraphQLError(String(error)), logger),
              ),
            }
          : undefined,
    },
    sockets,
    pingIntervalMs,
  );

  return {
    /** Closes every socket with 1001 (going away), so that the gateway connects to another process, or again. */
    stop: async () => {
      await running.dispose();
      sockets.close();
    },
  };
}
