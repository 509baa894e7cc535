export { createRpcClient, type RpcClient, type RpcClientOptions } from './client.ts';
export { RpcDeadlineExceeded, RpcFailed, RpcRefused, RpcUnavailable } from './failures.ts';
export { type RpcHandler, rpcStatus, startRpcServer, type RpcServer, unary } from './server.ts';
