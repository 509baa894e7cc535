import type { Caller } from '@localplus/identity';
import { Forbidden } from '../domain/failures.ts';
import { type CommandRefusal, forbidden } from '../domain/refusals.ts';
import { type BurnPoints, prepareBurnPoints } from './burn-points.ts';
import { type EarnPoints, prepareEarnPoints } from './earn-points.ts';
import { type CaptureHold, prepareCaptureHold, prepareReleaseHold, type ReleaseHold } from './end-hold.ts';
import type { Intention } from './intention.ts';
import { type PlaceHold, preparePlaceHold } from './place-hold.ts';
import type { PostingCommands } from './posting-commands.ts';
import { prepareRefundTransaction, type RefundTransaction } from './refund-transaction.ts';
import { prepareReturnPurchase, type ReturnPurchase } from './return-purchase.ts';
import { prepareReverseTransaction, type ReverseTransaction } from './reverse-transaction.ts';
import { prepareTransferPoints, type TransferPoints } from './transfer-points.ts';

/** Any command that posts. */
export type Command =
  | { name: 'earnPoints'; input: EarnPoints }
  | { name: 'burnPoints'; input: BurnPoints }
  | { name: 'placeHold'; input: PlaceHold }
  | { name: 'captureHold'; input: CaptureHold }
  | { name: 'releaseHold'; input: ReleaseHold }
  | { name: 'refundTransaction'; input: RefundTransaction }
  | { name: 'returnPurchase'; input: ReturnPurchase }
  | { name: 'reverseTransaction'; input: ReverseTransaction }
  | { name: 'transferPoints'; input: TransferPoints };

/** Checks what can be checked of one command of many. What the caller's role does not allow is refused, and nothing else with it. */
export async function prepareCommand(
  commands: PostingCommands,
  command: Command,
  caller: Caller,
): Promise<Intention | CommandRefusal> {
  try {
    return await prepare(commands, command, caller);
  } catch (error) {
    if (error instanceof Forbidden) return forbidden();
    throw error;
  }
}

function prepare(
  commands: PostingCommands,
  { name, input }: Command,
  caller: Caller,
): Promise<Intention | CommandRefusal> {
  switch (name) {
    case 'earnPoints':
      return prepareEarnPoints(commands, input, caller);
    case 'burnPoints':
      return prepareBurnPoints(commands, input, caller);
    case 'placeHold':
      return preparePlaceHold(commands, input, caller);
    case 'captureHold':
      return prepareCaptureHold(commands, input, caller);
    case 'releaseHold':
      return prepareReleaseHold(commands, input, caller);
    case 'refundTransaction':
      return prepareRefundTransaction(commands, input, caller);
    case 'returnPurchase':
      return prepareReturnPurchase(commands, input, caller);
    case 'reverseTransaction':
      return prepareReverseTransaction(commands, input, caller);
    case 'transferPoints':
      return prepareTransferPoints(commands, input, caller);
  }
}
