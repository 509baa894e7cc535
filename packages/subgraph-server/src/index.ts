export { type RequestFailureCode, requestFailure, requestFailureCodes } from './request-failure.ts';
export { bigIntScalar } from './scalars/big-int.ts';
export { dateTimeScalar } from './scalars/date-time.ts';
export type { SharedScalars } from './scalars/shared-scalars.ts';
export { type CallerContext, type SubgraphServer, startSubgraphServer } from './server.ts';
