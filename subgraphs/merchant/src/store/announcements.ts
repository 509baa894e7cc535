import { ACCESS_CHANGED, type AccessChanged, MERCHANT_CHANGED, PROGRAM_CHANGED } from '@localplus/event-bus';
import { toUuid } from '@localplus/identifiers';
import { loginPseudonym, loginSubject } from '@localplus/identity';
import { appendToOutbox } from '@localplus/outbox';
import type { MerchantStatus } from '../domain/merchant-status.ts';
import type { Login } from '../domain/staff.ts';
import { storeIdsOf } from './merchants.ts';
import { readProgramStates } from './program-states.ts';
import { onlyRow, type Transaction } from './transaction.ts';

/** What changed in somebody's rights. */
export type AccessChange =
  | 'STAFF_MEMBER_ADDED'
  | 'STAFF_MEMBER_CHANGED'
  | 'STAFF_MEMBER_REMOVED'
  | 'PARTNER_KEY_ISSUED'
  | 'PARTNER_KEY_REVOKED';

/** Announces a merchant as the transaction leaves it. */
export async function announceMerchant(transaction: Transaction, merchantId: string): Promise<void> {
  const { rows } = await transaction.query<{
    version: bigint;
    status: MerchantStatus;
    name: string;
    timeZone: string;
    country: string;
  }>('SELECT version, status, name, time_zone AS "timeZone", country FROM merchants WHERE id = $1', [
    toUuid(merchantId, 'mer'),
  ]);
  const { version, ...merchant } = onlyRow(rows);
  const storeIds = await storeIdsOf(transaction, merchantId);
  await appendToOutbox(transaction, [
    {
      topic: MERCHANT_CHANGED,
      key: merchantId,
      aggregateVersion: version,
      value: { merchantId, version: String(version), ...merchant, storeIds },
    },
  ]);
}

/** Announces a program with all its versions as the transaction leaves it. */
export async function announceProgram(transaction: Transaction, programId: string): Promise<void> {
  const program = onlyRow(await readProgramStates(transaction, [programId]));
  await appendToOutbox(transaction, [
    {
      topic: PROGRAM_CHANGED,
      key: programId,
      aggregateVersion: program.programVersion,
      value: {
        programId,
        merchantId: program.merchantId,
        currency: program.currency,
        pointAssetCode: program.pointAssetCode,
        programVersion: String(program.programVersion),
        versions: program.versions.map((version) => ({
          version: version.version,
          startsAt: version.startsAt.toISOString(),
          pointName: version.pointName,
          points: String(version.points),
          perAmountMinor: String(version.perAmountMinor),
          rounding: version.rounding,
          minimumPurchaseMinor: String(version.minimumPurchaseMinor),
          pointValidityDays: version.validity.kind === 'DAYS' ? version.validity.days : 0,
          activationDelayDays: version.activationDelayDays,
          validity: version.validity,
          negativeBalance: version.negativeBalance,
          refundGraceDays: version.refundGraceDays,
        })),
      },
    },
  ]);
}

/** Announces that the rights of a login or a partner changed, so that whoever remembers them forgets them. */
export async function announceAccess(
  transaction: Transaction,
  merchantId: string,
  reason: AccessChange,
  whose: Login | { partnerId: string },
): Promise<void> {
  const { rows } = await transaction.query<{ version: bigint }>(
    'UPDATE merchants SET access_version = access_version + 1 WHERE id = $1 RETURNING access_version AS version',
    [toUuid(merchantId, 'mer')],
  );
  const value: AccessChanged =
    'partnerId' in whose
      ? { merchantId, reason, partnerId: whose.partnerId }
      : { merchantId, reason, loginPseudonym: loginPseudonym(loginSubject(whose)) };
  await appendToOutbox(transaction, [
    { topic: ACCESS_CHANGED, key: merchantId, aggregateVersion: onlyRow(rows).version, value },
  ]);
}
