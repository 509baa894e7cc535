import { createHash } from 'node:crypto';
import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import { type Caller, mayActFor } from '@localplus/identity';
import { withTransaction } from '@localplus/postgres';
import type { PersonalData, PersonInput } from '../domain/personal-data.ts';
import { readPersonalData } from '../domain/personal-data.ts';
import type { Program, ReadProgram } from '../domain/program.ts';
import { AlreadyEnrolled, IdempotencyKeyReused, MerchantNotLive, UnknownProgram } from '../domain/refusals.ts';
import { findOrAddConsumer } from '../store/consumer-rows.ts';
import { addEnrollment, type Enrollment, findEnrollmentByKey, findEnrollmentOf } from '../store/enrollment-rows.ts';
import { type FinishSources, finishEnrollment } from './finish-enrollment.ts';

/** Well past the deadline of the request itself, so that the finisher does not work beside it. */
const finisherStartsAfterMs = 10_000;

/** What an enrollment needs around it. */
export interface EnrollSources extends FinishSources {
  readProgram: ReadProgram;
}

/** An enrollment as asked for. */
export interface EnrollmentRequest extends PersonInput {
  idempotencyKey: string;
  /** UUID */
  programId: string;
}

/** The wallet of an enrollment. Ids are UUIDs. */
export interface Enrolled {
  walletId: string;
  consumerId: string;
  /** Whether an earlier command with this key did it. */
  isReplay: boolean;
}

/**
 * Enrolls a person in a program: finds or makes the consumer, stores the intent with the chosen ids, opens the holder in the
 * ledger, then writes the wallet. A failure in between leaves an intent that the same key, or the finisher, brings to its end.
 * @throws a Refusal, or RpcFailed while the merchant subgraph or the ledger cannot be asked
 */
export async function enrollConsumer(
  sources: EnrollSources,
  caller: Caller,
  request: EnrollmentRequest,
): Promise<Enrolled> {
  const person = readPersonalData(request);
  const program = await sources.readProgram(request.programId);
  if (!program || !mayEnroll(caller, program)) throw new UnknownProgram();

  const inputHash = hashInput(request.programId, person);
  const decision = await withTransaction(sources.pool, async (sql): Promise<Decision> => {
    const earlier = await findEnrollmentByKey(sql, program.merchantId, request.idempotencyKey);
    if (earlier) return replayOf(earlier, inputHash);
    if (!program.isMerchantLive) throw new MerchantNotLive();

    const consumerId = await findOrAddConsumer(sql, toUuid(newId('con'), 'con'), person);
    const { idempotencyKey } = request;
    const { programId, merchantId, pointAssetCode } = program;
    const walletId = toUuid(newId('wal'), 'wal');
    const wanted = { merchantId, idempotencyKey, inputHash, programId, consumerId, walletId, pointAssetCode };
    const added = await addEnrollment(sql, wanted, finisherStartsAfterMs);
    if (added) return { enrollment: added, outcome: 'new' };

    const simultaneous = await findEnrollmentByKey(sql, merchantId, idempotencyKey);
    if (simultaneous) return replayOf(simultaneous, inputHash);
    const other = await findEnrollmentOf(sql, programId, consumerId);
    if (!other) throw new Error('an enrollment is neither new nor known');
    return { enrollment: other, outcome: 'already-enrolled' };
  });

  const { enrollment, outcome } = decision;
  if (!enrollment.isComplete) await finishEnrollment(sources, enrollment);
  if (outcome === 'already-enrolled') throw new AlreadyEnrolled(enrollment.walletId);
  return { walletId: enrollment.walletId, consumerId: enrollment.consumerId, isReplay: outcome === 'replay' };
}

interface Decision {
  enrollment: Enrollment;
  outcome: 'new' | 'replay' | 'already-enrolled';
}

function replayOf(enrollment: Enrollment, inputHash: Buffer): Decision {
  if (!enrollment.inputHash.equals(inputHash)) throw new IdempotencyKeyReused();
  return { enrollment, outcome: 'replay' };
}

function mayEnroll(caller: Caller, program: Program): boolean {
  return mayActFor(caller, fromUuid('mer', program.merchantId), {
    roles: ['owner', 'manager', 'cashier'],
    scope: 'wallets:enroll',
  });
}

function hashInput(programId: string, { givenName, email, phone, locale }: PersonalData): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([programId, givenName, email, phone, locale]))
    .digest();
}
