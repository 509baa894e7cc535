import { type ExecutionArgs, type GraphQLError, OperationTypeNode } from 'graphql';
import { makeServer, type Server } from 'graphql-ws';
import type { Authenticated, Authenticator } from '../authentication/authenticator.ts';
import { readCredential } from '../authentication/credential.ts';
import { type ClientErrors, newRequestId } from '../errors/client-errors.ts';
import { requestFailure } from '../errors/request-failure.ts';
import { exactIntegers } from '../execution/exact-json.ts';
import type { Operations, ReadyOperation } from '../execution/operations.ts';
import {
  anonymousSocketLifetimeMs,
  connectionInitTimeoutMs,
  operationsPerSocketMax,
  socketLifetimeMaxMs,
  socketsPerIdentityMax,
} from '../limits/limits.ts';
import { type ClientSocket, closeCodes } from './client-socket.ts';
import type { SocketCounts } from './socket-counts.ts';

const everyKind = [OperationTypeNode.QUERY, OperationTypeNode.MUTATION, OperationTypeNode.SUBSCRIPTION];

/** What the protocol's hooks find beside the connection. */
export interface SocketExtra {
  readonly client: ClientSocket;
}

interface ProtocolOptions {
  operations: Operations;
  authenticator: Authenticator;
  errors: ClientErrors;
  identities: SocketCounts;
}

interface SocketOperation {
  readonly ready: ReadyOperation;
  readonly client: ClientSocket;
}

function socketOperation({ contextValue }: ExecutionArgs): SocketOperation {
  return contextValue as SocketOperation;
}

/**
 * Notes who opened the socket. A socket without a valid token is acknowledged all the same: the client learns from an error
 * frame, with the same code as over HTTP, what is wrong, and the socket is closed soon after. A closed socket would tell
 * a browser nothing but a number.
 */
function createGreeter({ authenticator, errors, identities }: ProtocolOptions) {
  const welcome = (client: ClientSocket, who: Authenticated): boolean => {
    if (!identities.enter(who.key, socketsPerIdentityMax)) {
      client.close(closeCodes.tryAgainLater, 'Too many sockets of this identity');
      return false;
    }
    void client.closed.then(() => identities.leave(who.key));
    const leftMs = who.kind === 'login' ? who.expiresAtMs - Date.now() : socketLifetimeMaxMs;
    client.identify({ who }, Math.min(leftMs, socketLifetimeMaxMs), closeCodes.forbidden, 'TOKEN_EXPIRED');
    return true;
  };
  return async (client: ClientSocket, parameters: Readonly<Record<string, unknown>>): Promise<boolean> => {
    const authorization = parameters.authorization ?? parameters.Authorization;
    try {
      return welcome(client, await authenticator.authenticate(readCredential(authorization)));
    } catch (error) {
      const [failure = requestFailure('UNAUTHENTICATED')] = errors.ofRequest(error, { requestId: newRequestId() });
      client.identify({ failure }, anonymousSocketLifetimeMs, closeCodes.unauthorized, failure.code);
      return true;
    }
  };
}

/** The protocol graphql-transport-ws over the operations that HTTP uses too. */
export function createProtocol(options: ProtocolOptions): Server<SocketExtra> {
  const { operations, errors } = options;
  const greet = createGreeter(options);

  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: connectionInitTimeoutMs,
    jsonMessageReviver: exactIntegers,
    onConnect: ({ extra, connectionParams = {} }) => greet(extra.client, connectionParams),
    async onSubscribe(
      { extra: { client }, subscriptions },
      _id,
      payload,
    ): Promise<ExecutionArgs | readonly GraphQLError[]> {
      const requestId = newRequestId();
      try {
        if (Object.keys(subscriptions).length > operationsPerSocketMax) throw requestFailure('SUBSCRIPTION_LIMIT');
        const authenticate = async () => client.authenticated();
        const ready = await operations.prepare({ ...payload, allowed: everyKind, authenticate, requestId });
        const { document, operationName, variables: variableValues } = ready.planned;
        const contextValue: SocketOperation = { ready, client };
        return { schema: ready.generation.supergraph.schema, document, operationName, variableValues, contextValue };
      } catch (error) {
        return errors.ofRequest(error, { requestId });
      }
    },
    async execute(args) {
      const { ready, client } = socketOperation(args);
      client.operationStarted();
      try {
        return await operations.execute(ready);
      } finally {
        // The answer is written before the next turn of the event loop.
        setImmediate(() => client.operationEnded());
      }
    },
    subscribe(args) {
      const { ready } = socketOperation(args);
      try {
        return operations.subscribe(ready);
      } catch (error) {
        return { errors: errors.ofRequest(error, ready.trace) };
      }
    },
  });
}
