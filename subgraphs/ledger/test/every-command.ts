import { newId, toUuid } from '@localplus/identifiers';
import type { OperationRequest } from '../src/domain/operation.ts';
import { type HouseMerchant, type LedgerHouse, terms } from './ledger-house.ts';
import {
  burning,
  capturing,
  holding,
  issuing,
  refunding,
  releasing,
  returning,
  reversing,
  settling,
  transferring,
} from './requests.ts';

/** A command that can be carried out now, and how often that raises the version of its holder. */
export interface ReadyCommand {
  request: OperationRequest;
  holderId: string;
  raises: bigint;
}

type Prepare = (house: LedgerHouse, merchant: HouseMerchant) => Promise<ReadyCommand>;

/** A hold that has ended by the time that anybody looks. */
const shortestMs = 1;

const newUuid = (): string => toUuid(newId('trx'), 'trx');

/** Posts what has to be there before, each as a batch of its own; answers what to ask for next. */
function afterPosting(
  prepare: (house: LedgerHouse, holderId: string) => Promise<Partial<OperationRequest>[]>,
  raises = 1n,
): Prepare {
  return async (house, merchant) => {
    const { holderId } = await house.openWallet(merchant, 100n);
    const requests = await prepare(house, holderId);
    const last = requests.pop();
    for (const before of requests) await house.run([await house.earning(holderId, 1n, before)]);
    return { request: await house.earning(holderId, 7n, last), holderId, raises };
  };
}

const afterHold = (end: (holdId: string) => Partial<OperationRequest>) =>
  afterPosting(async (house, holderId) => {
    const holdId = newUuid();
    return [holding(await house.holder(holderId), 30n, holdId), end(holdId)];
  });

const afterBurn = (undo: (transactionId: string) => Partial<OperationRequest>) =>
  afterPosting(async (house, holderId) => {
    const transactionId = newUuid();
    return [{ ...burning(await house.holder(holderId), 30n), transactionId }, undo(transactionId)];
  });

/** Every command of the ledger, by its name. */
export const everyCommand: Readonly<Record<OperationRequest['operation']['type'], Prepare>> = {
  EARN: afterPosting(async () => [{}]),
  ISSUE: async (house, merchant) => {
    const card = await house.openCard(merchant);
    const doing = issuing(card, 500n, { category: 'PAID', vatType: 'MPV' });
    return { request: await house.earning(card.id, 1n, doing), holderId: card.id, raises: 1n };
  },
  BURN: afterPosting(async (house, holderId) => [burning(await house.holder(holderId), 7n)]),
  HOLD: afterPosting(async (house, holderId) => [holding(await house.holder(holderId), 7n, newUuid())]),
  CAPTURE: afterHold((holdId) => capturing(holdId, 10n)),
  RELEASE: afterHold(releasing),
  REFUND: afterBurn((id) => refunding(id, 12n)),
  REVERSAL: afterBurn(reversing),
  RETURN: afterPosting(async (house, holderId) => {
    const [earnedId, spentId] = [newUuid(), newUuid()];
    const purchase = { amountMinor: 1_000n, currency: 'EUR' };
    const { holder, operation } = await house.earning(holderId, 10n, { purchase });
    return [
      { transactionId: earnedId, operation },
      { ...burning(holder, 20n), transactionId: spentId },
      returning(earnedId, { amountMinor: 500n }, terms, spentId),
    ];
  }, 2n),
  TRANSFER: async (house, merchant) => {
    const [{ holderId }, receiver] = [await house.openWallet(merchant, 100n), await house.openWallet(merchant)];
    const [from, to] = [await house.holder(holderId), await house.holder(receiver.holderId)];
    return { request: await house.earning(holderId, 1n, transferring(from, to, 7n)), holderId, raises: 1n };
  },
  SETTLE: afterPosting(async (house, holderId) => [
    holding(await house.holder(holderId), 7n, newUuid(), shortestMs),
    settling(),
  ]),
};
