import type { TransactionKind } from '../domain/balance-change.ts';
import type { Category, Lot, VatType } from '../domain/lot.ts';
import type { Original, PostedTransaction } from '../domain/transaction.ts';

/** A lot as `lot_json` writes it. */
export type LotJson = [
  id: string,
  holderId: string,
  assetId: number,
  category: Category,
  vatType: VatType,
  programVersion: number,
  earnedAt: string,
  activatesAt: string | null,
  expiresAt: string | null,
  inactivityDays: number | null,
  granted: string,
  pending: string,
  available: string,
  held: string,
  spent: string,
  expired: string,
  revoked: string,
];

/** A transaction as `transaction_json` writes it. */
export interface TransactionJson {
  id: string;
  kind: TransactionKind;
  holderId: string;
  programVersion: number;
  purchaseAmountMinor: string | null;
  purchaseCurrency: string | null;
  purchaseLines: { lineId: string; amountMinor: string }[] | null;
  uncollected: string | null;
  postings:
    | [debitAccountId: string, creditAccountId: string, assetId: number, amount: string, string | null, string | null][]
    | null;
}

/** A transaction, and what came after it. */
export interface OriginalJson {
  original: TransactionJson;
  later: TransactionJson[] | null;
}

/** Reads a lot. */
export function readLot(json: LotJson): Lot {
  const [id, holderId, assetId, category, vatType, programVersion, earnedAt, activatesAt, expiresAt, inactivityDays] =
    json;
  const [granted, pending, available, held, spent, expired, revoked] = json.slice(10).map((text) => BigInt(text ?? 0));
  return {
    id,
    holderId,
    assetId,
    category,
    vatType,
    programVersion,
    earnedAt: new Date(earnedAt),
    activatesAt: activatesAt === null ? undefined : new Date(activatesAt),
    expiresAt: expiresAt === null ? undefined : new Date(expiresAt),
    inactivityDays: inactivityDays ?? undefined,
    transactionId: undefined,
    originLotId: undefined,
    granted: granted ?? 0n,
    pending: pending ?? 0n,
    available: available ?? 0n,
    held: held ?? 0n,
    spent: spent ?? 0n,
    expired: expired ?? 0n,
    revoked: revoked ?? 0n,
  };
}

/** Reads a transaction with what came after it. */
export function readOriginal({ original, later }: OriginalJson): Original {
  return { transaction: readPosted(original), later: (later ?? []).map(readPosted) };
}

function readPosted(json: TransactionJson): PostedTransaction {
  return {
    id: json.id,
    kind: json.kind,
    holderId: json.holderId,
    programVersion: json.programVersion,
    purchaseAmountMinor: json.purchaseAmountMinor === null ? undefined : BigInt(json.purchaseAmountMinor),
    purchaseCurrency: json.purchaseCurrency ?? undefined,
    purchaseLines: json.purchaseLines?.map(({ lineId, amountMinor }) => ({ lineId, amountMinor: BigInt(amountMinor) })),
    uncollected: json.uncollected === null ? undefined : BigInt(json.uncollected),
    postings: (json.postings ?? []).map(
      ([debitAccountId, creditAccountId, assetId, amount, debitLotId, creditLotId]) => ({
        debitAccountId,
        creditAccountId,
        assetId,
        amount: BigInt(amount),
        debitLotId: debitLotId ?? undefined,
        creditLotId: creditLotId ?? undefined,
      }),
    ),
  };
}
