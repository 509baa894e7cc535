import { fromUuid } from '@localplus/identifiers';
import { pointsBounds } from '../domain/bounds.ts';
import type { OperationRefusal } from '../domain/operation.ts';
import {
  alreadyReversed,
  type CommandRefusal,
  groupRefused,
  holdEnded,
  holdExceeded,
  idempotencyKeyReused,
  insufficientBalance,
  invalidAmount,
  limitExceeded,
  merchantNotLive,
  notReversible,
  refundExceeded,
  returnExceeded,
  unknownLine,
} from '../domain/refusals.ts';

/** Says to a caller why an operation was refused. */
export function refusalOf(refused: OperationRefusal): CommandRefusal {
  switch (refused.status) {
    case 'KEY_REUSED':
      return idempotencyKeyReused();
    case 'NOT_LIVE':
      return merchantNotLive();
    case 'INSUFFICIENT':
      return insufficientBalance(refused.available);
    case 'OUT_OF_RANGE':
      return invalidAmount(pointsBounds);
    case 'ALREADY_REVERSED':
      return alreadyReversed();
    case 'NOT_REVERSIBLE':
      return notReversible();
    case 'HOLD_ENDED':
      return holdEnded(refused.state);
    case 'HOLD_EXCEEDED':
      return holdExceeded(refused.held);
    case 'REFUND_EXCEEDED':
      return refundExceeded(refused.refundable);
    case 'RETURN_EXCEEDED':
      return returnExceeded(refused.returnable, refused.lineId);
    case 'UNKNOWN_LINE':
      return unknownLine(refused.lineId);
    case 'LIMIT_EXCEEDED':
      return limitExceeded({ ...refused.limit, limitId: fromUuid('lim', refused.limit.ruleId) });
    case 'GROUP_REFUSED':
      return groupRefused();
  }
}
