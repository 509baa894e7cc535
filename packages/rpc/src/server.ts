import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import {
  type Caller,
  IdentityRefused,
  type IdentityVerifier,
  identityHeader,
  type ServiceName,
} from '@localplus/identity';
import type { Logger } from '@localplus/logging';
import { HealthImplementation } from 'grpc-health-check';
import { keepaliveIntervalMs, messageBytesMax } from './limits.ts';

/** Half of what clients ping with, so that an honest ping is never called abuse. */
const pingIntervalMinMs = keepaliveIntervalMs / 2;

/** A refusal that the caller of a method is to see. Everything else that a handler throws is masked as INTERNAL. */
class RpcStatus extends Error {
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.name = 'RpcStatus';
    this.code = code;
  }
}

/** Makes the error by which a handler answers with a gRPC status and a message meant for the caller. */
export function rpcStatus(code: keyof typeof status, message: string): Error {
  return new RpcStatus(status[code], message);
}

/** Answers one unary method: the request and the service that calls. */
export type RpcHandler<Request, Response> = (request: Request, caller: Caller) => Promise<Response>;

interface UnaryOptions {
  verifier: IdentityVerifier;
  logger: Logger;
  /** The services that may call the method. */
  allowed: readonly ServiceName[];
}

/** Wraps a handler: verifies who calls, refuses everybody but the allowed services, masks and logs what is unexpected. */
export function unary<Request, Response>(
  { verifier, logger, allowed }: UnaryOptions,
  handler: RpcHandler<Request, Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const answer = async () => {
      const token = call.metadata.get(identityHeader)[0];
      const caller = await verifier.verify(typeof token === 'string' ? token : undefined);
      if (caller.kind !== 'service' || !allowed.includes(caller.service))
        throw rpcStatus('PERMISSION_DENIED', 'This method is not open to the caller.');
      return handler(call.request, caller);
    };
    answer().then(
      (response) => callback(null, response),
      (error: unknown) => {
        if (error instanceof RpcStatus) return callback({ code: error.code, details: error.message });
        if (error instanceof IdentityRefused) return callback({ code: status.UNAUTHENTICATED, details: error.message });
        logger.error({ err: error, method: call.getPath() }, 'a gRPC method failed');
        return callback({ code: status.INTERNAL, details: 'The method failed.' });
      },
    );
  };
}

/** A running gRPC server with the standard health service. */
export interface RpcServer {
  /** The port it listens on. */
  port: number;
  /** Finishes the calls in flight, then closes. */
  stop(): Promise<void>;
}

interface RpcServerOptions {
  address: string;
  /** 0 lets the system choose. */
  port: number;
  services: { definition: ServiceDefinition; implementation: UntypedServiceImplementation }[];
}

/** How long calls in flight may take at the end; the drain of a process has 2.5 s in all. */
const shutdownLimitMs = 1_000;

/**
 * Starts a gRPC server.
 * @throws when the port cannot be bound
 */
export async function startRpcServer({ address, port, services }: RpcServerOptions): Promise<RpcServer> {
  const server = new Server({
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.http2.min_ping_interval_without_data_ms': pingIntervalMinMs,
  });
  for (const { definition, implementation } of services) server.addService(definition, implementation);
  const health = new HealthImplementation({ '': 'SERVING' });
  health.addToServer(server);

  const boundPort = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${address}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });

  const stop = () =>
    new Promise<void>((resolve) => {
      health.setStatus('', 'NOT_SERVING');
      const limit = setTimeout(() => server.forceShutdown(), shutdownLimitMs);
      server.tryShutdown(() => {
        clearTimeout(limit);
        resolve();
      });
    });
  return { port: boundPort, stop };
}
