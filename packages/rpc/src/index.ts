export { createRpcClient, type RpcClient, type RpcClientOptions } from './client.ts';
export { RpcDeadlineExceeded, RpcFailed, RpcRefused, RpcUnavailable } from './failures.ts';
export { type RpcHandler, type RpcServer, rpcStatus, startRpcServer, unary } from './server.ts';
