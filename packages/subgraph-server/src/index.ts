export { requestFailure, type RequestFailureCode, requestFailureCodes } from './request-failure.ts';
export { bigIntScalar } from './scalars/big-int.ts';
export { dateTimeScalar } from './scalars/date-time.ts';
export type { SharedScalars } from './scalars/shared-scalars.ts';
export { type CallerContext, startSubgraphServer, type SubgraphServer } from './server.ts';
