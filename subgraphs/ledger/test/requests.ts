import type { Holder } from '../src/domain/holder.ts';
import type { Operation, OperationRequest } from '../src/domain/operation.ts';
import type { ProgramVersion } from '../src/domain/program.ts';

/** The parts of a request that make it another operation. */
type Doing = Pick<OperationRequest, 'operation'>;

const hourMs = 3_600_000;

/** The database's number of the one asset that a test's holder has. */
export function assetOf({ id, accounts }: Holder): number {
  const account = accounts.find(({ part }) => part !== 'ISSUER');
  if (account === undefined) throw new Error(`Holder ${id} has no account.`);
  return account.assetId;
}

/** Puts value on a card. */
export function issuing(
  holder: Holder,
  amount: bigint,
  issued: Extract<Operation, { type: 'ISSUE' }>['issued'],
  expiresAt?: Date,
): Doing {
  const period = { expiresAt, inactivityDays: undefined };
  return { operation: { type: 'ISSUE', assetId: assetOf(holder), amount, issued, period } };
}

/** Spends points of a holder. */
export function burning(holder: Holder, points: bigint): Doing {
  return { operation: { type: 'BURN', assetId: assetOf(holder), amount: points } };
}

/** Reserves points of a holder, for an hour unless told. */
export function holding(holder: Holder, points: bigint, holdId: string, validMs = hourMs): Doing {
  return { operation: { type: 'HOLD', assetId: assetOf(holder), amount: points, holdId, validMs } };
}

/** Spends what a hold has reserved: all of it, or so much. */
export function capturing(holdId: string, amount?: bigint, { isFinal = false } = {}): Doing {
  return { operation: { type: 'CAPTURE', holdId, amount, isFinal } };
}

/** Gives back what a hold has reserved. */
export function releasing(holdId: string): Doing {
  return { operation: { type: 'RELEASE', holdId } };
}

/** Gives back what a transaction spent: all that is left of it, or so much. */
export function refunding(originalId: string, amount?: bigint, { graceDays = 0 } = {}): Doing {
  return { operation: { type: 'REFUND', originalId, amount, reason: 'test', graceDays } };
}

/** Takes back what the returned part of a purchase has earned. */
export function returning(
  originalId: string,
  returned: Extract<Operation, { type: 'RETURN' }>['returned'],
  terms: ProgramVersion,
  spentId?: string,
): Doing {
  const { negativeBalance, refundGraceDays: graceDays } = terms;
  return {
    operation: { type: 'RETURN', originalId, returned, spentId, reason: 'test', terms, negativeBalance, graceDays },
  };
}

/** Undoes a transaction. */
export function reversing(originalId: string): Doing {
  return { operation: { type: 'REVERSAL', originalId, reason: 'test', negativeBalance: 'NEVER', graceDays: 0 } };
}

/** Moves points of a holder to another one. */
export function transferring(holder: Holder, to: Holder, points: bigint): Doing {
  return { operation: { type: 'TRANSFER', assetId: assetOf(holder), amount: points, to } };
}

/** Does what is due, and leaves no key. */
export function settling(): Doing & { key: undefined } {
  return { key: undefined, operation: { type: 'SETTLE' } };
}
