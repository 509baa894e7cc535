export {
  demandIdempotencyKey,
  idempotencyKeyDescription,
  isIdempotencyKey,
  isReplayDescription,
} from './idempotency-key.ts';
export { firstDescription, type Page, type PageSizes, pageOf, pageSize, readCursor } from './page.ts';
export { type RequestFailureCode, requestFailure, requestFailureCodes } from './request-failure.ts';
export { rootTypes } from './root-types.ts';
export { bigIntScalar } from './scalars/big-int.ts';
export { dateTimeScalar } from './scalars/date-time.ts';
export type { SharedScalars } from './scalars/shared-scalars.ts';
export { type CallerContext, type SubgraphServer, startSubgraphServer } from './server.ts';
