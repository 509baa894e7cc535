import { demandIdempotencyKey } from '@localplus/subgraph-server';
import type { Item } from '../commands/many-commands.ts';
import { builder } from './builder.ts';
import { burnPointsInput, readBurnPoints } from './burn-points.ts';
import { earnPointsInput, readEarnPoints } from './earn-points.ts';
import { captureHoldInput, placeHoldInput, readCaptureHold, readPlaceHold, releaseHoldInput } from './holds.ts';
import { readRefundTransaction, readReturnPurchase, refundTransactionInput, returnPurchaseInput } from './refunds.ts';
import { reverseTransactionInput } from './reverse-transaction.ts';
import { readTransferPoints, transferPointsInput } from './transfer-points.ts';

// `@oneOf` would say it, but federation does not compose it: whether one is set is said by a refusal of the item.
export const commandInput = builder.inputType('LedgerCommandInput', {
  description:
    'One command of many: exactly one of the fields is set. Each has the rights and the rules of its mutation.',
  fields: (t) => ({
    earnPoints: t.field({ type: earnPointsInput, description: 'A purchase that is to earn points.' }),
    burnPoints: t.field({ type: burnPointsInput, description: 'Points that are to be spent.' }),
    placeHold: t.field({ type: placeHoldInput, description: 'Points that are to be reserved.' }),
    captureHold: t.field({ type: captureHoldInput, description: 'Held points that are to be spent.' }),
    releaseHold: t.field({ type: releaseHoldInput, description: 'A hold that is to be given back.' }),
    refundTransaction: t.field({
      type: refundTransactionInput,
      description: 'Spent points that are to be given back.',
    }),
    returnPurchase: t.field({ type: returnPurchaseInput, description: 'What of a purchase comes back.' }),
    reverseTransaction: t.field({
      type: reverseTransactionInput,
      description: 'A transaction that is to be undone.',
    }),
    transferPoints: t.field({
      type: transferPointsInput,
      description: 'Points that are to go to another wallet of the program.',
    }),
  }),
});

/**
 * Reads an item as commands take it: what is set of it.
 * @throws a request failure with BAD_USER_INPUT for what cannot be an idempotency key
 */
export function readItem(input: typeof commandInput.$inferInput): Item {
  const { earnPoints, burnPoints, placeHold, captureHold, releaseHold } = input;
  const { refundTransaction, returnPurchase, reverseTransaction, transferPoints } = input;
  const item: Item = [
    ...(earnPoints ? [{ name: 'earnPoints', input: readEarnPoints(earnPoints) } as const] : []),
    ...(burnPoints ? [{ name: 'burnPoints', input: readBurnPoints(burnPoints) } as const] : []),
    ...(placeHold ? [{ name: 'placeHold', input: readPlaceHold(placeHold) } as const] : []),
    ...(captureHold ? [{ name: 'captureHold', input: readCaptureHold(captureHold) } as const] : []),
    ...(releaseHold ? [{ name: 'releaseHold', input: releaseHold } as const] : []),
    ...(refundTransaction
      ? [{ name: 'refundTransaction', input: readRefundTransaction(refundTransaction) } as const]
      : []),
    ...(returnPurchase ? [{ name: 'returnPurchase', input: readReturnPurchase(returnPurchase) } as const] : []),
    ...(reverseTransaction ? [{ name: 'reverseTransaction', input: reverseTransaction } as const] : []),
    ...(transferPoints ? [{ name: 'transferPoints', input: readTransferPoints(transferPoints) } as const] : []),
  ];
  for (const { input: command } of item) demandIdempotencyKey(command.idempotencyKey);
  return item;
}
