import type { Holder } from './holder.ts';
import type { LotPeriod } from './lot.ts';
import type { NegativeBalance, ProgramVersion } from './program.ts';
import type { Actor, LedgerTransaction, Purchase, PurchaseLine } from './transaction.ts';

/** What is to be done with a holder's value. Ids are UUIDs; amounts in the asset's smallest unit, above zero. */
export type Operation =
  | { type: 'EARN'; assetId: number; amount: bigint; period: LotPeriod; purchase: Purchase }
  /** Puts value on a card: sold at a price, or given. */
  | { type: 'ISSUE'; assetId: number; amount: bigint; issued: Issued; period: Omit<LotPeriod, 'activatesAt'> }
  | { type: 'BURN'; assetId: number; amount: bigint }
  | { type: 'HOLD'; assetId: number; amount: bigint; holdId: string; validMs: number }
  /** Without an amount: all that is still held. `isFinal` gives the rest back. */
  | { type: 'CAPTURE'; holdId: string; amount: bigint | undefined; isFinal: boolean }
  | { type: 'RELEASE'; holdId: string }
  /** Gives back some of what was spent; without an amount all that was not given back yet. */
  | { type: 'REFUND'; originalId: string; amount: bigint | undefined; reason: string; graceDays: number }
  | {
      type: 'RETURN';
      /** The transaction in which the purchase earned. */
      originalId: string;
      returned: { amountMinor: bigint } | { lines: readonly { lineId: string; amountMinor: bigint | undefined }[] };
      /** What was spent in the same purchase, given back in proportion. */
      spentId: string | undefined;
      reason: string;
      /** The terms that the purchase was rated by. */
      terms: ProgramVersion;
      negativeBalance: NegativeBalance;
      graceDays: number;
    }
  | { type: 'REVERSAL'; originalId: string; reason: string; negativeBalance: NegativeBalance; graceDays: number }
  | { type: 'TRANSFER'; assetId: number; amount: bigint; to: Holder }
  /** Does what is due and nothing else. */
  | { type: 'SETTLE' };

/**
 * What kind of value a card gets, and how VAT treats it, frozen with its lot. Of the price of a single-purpose voucher
 * `vatAmount` is due at once, and the rest is what is owed to the card. A given voucher is none for VAT.
 */
export type Issued =
  | { category: 'PAID'; vatType: 'MPV' }
  | { category: 'PAID'; vatType: 'SPV'; vatAmount: bigint }
  | { category: 'PROMOTIONAL'; vatType: 'NONE' };

/** An operation on one holder, under a key. Ids are UUIDs. */
export interface OperationRequest {
  /** Chosen before the first attempt, so that an attempt whose answer was lost is recognised. */
  transactionId: string;
  /** Whose key it is: the merchant's identifier, the consumer's, or a service's name. */
  scope: string;
  /** Undefined for what the ledger does by itself: doing it again changes nothing. */
  key: string | undefined;
  /** Names the command whose input was hashed. */
  command: string;
  /** SHA-256 of the command's input. */
  inputHash: Buffer;
  holder: Holder;
  operation: Operation;
  programVersion: number;
  /** ISO 3166-1, of the merchant: limits may be for one country. */
  country: string | undefined;
  storeId: string | undefined;
  reference: string | undefined;
  /** Undefined: the instant of the posting. */
  occurredAt: Date | undefined;
  actor: Actor;
}

/** Why an operation was refused. */
export type OperationRefusal =
  /** The key belongs to other input. */
  | { status: 'KEY_REUSED' }
  /** The merchant is unknown, a draft or suspended. */
  | { status: 'NOT_LIVE' }
  /** Less is there than would be taken. */
  | { status: 'INSUFFICIENT'; available: bigint }
  /** A side of an account would leave 64 bits. */
  | { status: 'OUT_OF_RANGE' }
  | { status: 'ALREADY_REVERSED' }
  | { status: 'NOT_REVERSIBLE' }
  /** The hold was captured to its end, released, or has expired. */
  | { status: 'HOLD_ENDED'; state: 'CAPTURED' | 'RELEASED' | 'EXPIRED' }
  | { status: 'HOLD_EXCEEDED'; held: bigint }
  | { status: 'REFUND_EXCEEDED'; refundable: bigint }
  /** `returnable` in minor units of the purchase, or of the line that is named. */
  | { status: 'RETURN_EXCEEDED'; returnable: bigint; lineId: string | undefined }
  | { status: 'UNKNOWN_LINE'; lineId: string }
  | { status: 'LIMIT_EXCEEDED'; limit: ExceededLimit }
  /** Another command of an atomic group was refused. */
  | { status: 'GROUP_REFUSED' };

/** A limit that an operation would pass. */
export interface ExceededLimit {
  /** UUID of the rule. */
  ruleId: string;
  countedPer: 'HOLDER' | 'MERCHANT' | 'COUNTRY';
  period: 'DAY' | 'WEEK' | 'MONTH' | 'YEAR';
  /** What may still move in the period; undefined where only the count is limited. */
  amountLeft: bigint | undefined;
  countLeft: bigint | undefined;
}

/** What an operation did: its own transactions, in their order. None where there was nothing to do. */
export interface Done {
  status: 'DONE';
  transactions: LedgerTransaction[];
}

/** What came back of a purchase, by line where lines were named. */
export interface Returned {
  amountMinor: bigint;
  lines: PurchaseLine[] | undefined;
}
