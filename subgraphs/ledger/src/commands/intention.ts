import { createHash } from 'node:crypto';
import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import type { Holder } from '../domain/holder.ts';
import type { OperationRequest } from '../domain/operation.ts';
import type { CommandRefusal, RefusalCode } from '../domain/refusals.ts';
import type { ScopedKey } from '../store/idempotency-rows.ts';
import { actorOf } from './rights.ts';

/** What a command wants done. */
export type Decision = Pick<
  OperationRequest,
  'operation' | 'programVersion' | 'country' | 'storeId' | 'reference' | 'occurredAt'
>;

/** What a caller wants, before anything that may change with time is looked at. */
export interface Intention<Code extends RefusalCode = RefusalCode, Early extends CommandRefusal = CommandRefusal> {
  caller: Caller;
  holder: Holder;
  command: string;
  /** Its form is the door's affair: the same for every mutation of the platform. */
  key: string;
  /** The whole input, as given, in a fixed order. */
  input: readonly (string | bigint | undefined)[];
  /** The refusals that posting it may bring. */
  refusals: readonly Code[];
  /** Looks at what may have changed since the key was first used: terms, stores, the time. */
  decide: () => Promise<Decision | Early>;
}

/** Takes an intention as it is, and keeps what it says of its refusals for the compiler. */
export function intention<Code extends RefusalCode, Early extends CommandRefusal>(
  wanted: Intention<Code, Early>,
): Intention<Code, Early> {
  return wanted;
}

/** A request that has a key. */
export type KeyedRequest = OperationRequest & { key: string };

/** A key, and the input that it stands for. */
export type KeyUse = ScopedKey & { inputHash: Buffer };

/** The key of an intention in its scope, and what it stands for. */
export function keyUseOf({ holder, command, key, input }: Intention): KeyUse {
  const text = JSON.stringify([command, ...input.map((value) => value?.toString() ?? null)]);
  return { scope: fromUuid('mer', holder.merchantId), key, inputHash: createHash('sha256').update(text).digest() };
}

/** The request that posts an intention as it was decided. */
export function requestOf(wanted: Intention, decision: Decision): KeyedRequest {
  const { caller, holder, command } = wanted;
  const transactionId = toUuid(newId('trx'), 'trx');
  return {
    ...decision,
    ...keyUseOf(wanted),
    transactionId,
    command,
    holder,
    actor: actorOf(caller, holder.merchantId),
  };
}
