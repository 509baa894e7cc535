import { type Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { type IdentitySigner, identityHeader } from '@localplus/identity';
import { toRpcFailure } from './failures.ts';
import {
  keepaliveIntervalMs,
  keepaliveTimeoutMs,
  messageBytesMax,
  reconnectBackoffMaxMs,
  reconnectBackoffMinMs,
} from './limits.ts';

type ClientConstructor<Stub extends Client> = new (
  address: string,
  channelCredentials: ReturnType<typeof credentials.createInsecure>,
  options: Record<string, number>,
) => Stub;

type UnaryCall<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: { deadline: number },
  callback: (error: ServiceError | null, response: Response) => void,
) => unknown;

/** Names of the methods of a generated client that take a request and answer once. */
type UnaryMethods<Stub> = {
  [Name in keyof Stub]: Stub[Name] extends UnaryCall<infer _Request, infer _Response> ? Name : never;
}[keyof Stub] &
  string;
type RequestOf<Call> = Call extends UnaryCall<infer Request, infer _Response> ? Request : never;
type ResponseOf<Call> = Call extends UnaryCall<infer _Request, infer Response> ? Response : never;

/** Where a service is, and as whom it is called. */
export interface RpcClientOptions {
  /** `host:port` */
  address: string;
  signer: IdentitySigner;
}

/** Calls the unary methods of one service. Nothing is retried here: whoever knows what a call means decides that. */
export interface RpcClient<Stub extends Client> {
  /**
   * @param deadlineMs how long to wait for the answer, the connecting included
   * @throws RpcDeadlineExceeded, RpcUnavailable (outcome unknown), RpcRefused, RpcFailed
   */
  call<Name extends UnaryMethods<Stub>>(
    method: Name,
    request: RequestOf<Stub[Name]>,
    deadlineMs: number,
  ): Promise<ResponseOf<Stub[Name]>>;
  close(): void;
}

/** Opens a client of a generated service, speaking as this process. It connects by itself, and again when the peer was gone. */
export function createRpcClient<Stub extends Client>(
  StubClient: ClientConstructor<Stub>,
  { address, signer }: RpcClientOptions,
): RpcClient<Stub> {
  const stub = new StubClient(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.keepalive_time_ms': keepaliveIntervalMs,
    'grpc.keepalive_timeout_ms': keepaliveTimeoutMs,
    'grpc.initial_reconnect_backoff_ms': reconnectBackoffMinMs,
    'grpc.max_reconnect_backoff_ms': reconnectBackoffMaxMs,
    'grpc.enable_retries': 0,
  });

  return {
    async call(method, request, deadlineMs) {
      const deadline = Date.now() + deadlineMs;
      const metadata = new Metadata();
      metadata.set(identityHeader, await signer.signOwn());
      return new Promise((resolve, reject) => {
        const call = stub[method] as UnaryCall<typeof request, ResponseOf<Stub[typeof method]>>;
        call.call(stub, request, metadata, { deadline }, (error, response) => {
          if (error) reject(toRpcFailure(method, error));
          else resolve(response);
        });
      });
    },
    close: () => stub.close(),
  };
}
