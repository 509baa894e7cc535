import { expect, test } from 'vitest';
import type { Validity } from '../domain/validity.ts';
import type { ProgramState } from '../store/program-states.ts';
import { writeProgram } from './program-messages.ts';

const at = new Date('2026-11-22T10:00:00Z');

function stateWith(validity: Validity): ProgramState {
  return {
    ...{ programId: 'prg_x', merchantId: 'mer_x', merchantStatus: 'LIVE', merchantVersion: 1n, merchantStoreIds: [] },
    ...{ merchantTimeZone: 'Europe/Paris', merchantCountry: 'FR', currency: 'EUR', pointAssetCode: 'PTS.x' },
    programVersion: 1n,
    versions: [
      {
        ...{
          version: 1,
          startsAt: at,
          publishedAt: at,
          pointName: 'point',
          points: 1n,
          perAmountMinor: 100n,
          validity,
        },
        ...{ rounding: 'DOWN', minimumPurchaseMinor: 0n, activationDelayDays: 14, refundGraceDays: 30 },
        negativeBalance: 'WITHIN_PENDING',
      },
    ],
  };
}

test.each<[Validity, object]>([
  [{ kind: 'UNLIMITED' }, { pointValidityDays: 0, otherValidity: undefined }],
  [
    { kind: 'DAYS', days: 365 },
    { pointValidityDays: 365, otherValidity: undefined },
  ],
  [{ kind: 'FIXED_DATE', on: '2027-06-30' }, { otherValidity: { $case: 'validUntilDate', value: '2027-06-30' } }],
  [{ kind: 'END_OF_MONTH', months: 0 }, { otherValidity: { $case: 'validUntilEndOfMonth', value: 0 } }],
  [{ kind: 'INACTIVITY', days: 180 }, { otherValidity: { $case: 'inactivityDays', value: 180 } }],
])('%j has its place in the contract', (validity, expected) => {
  const [version] = writeProgram(stateWith(validity)).versions;
  const others = { negativeBalance: 'NEGATIVE_BALANCE_WITHIN_PENDING', activationDelayDays: 14, refundGraceDays: 30 };
  expect(version).toMatchObject({ pointValidityDays: 0, ...expected, ...others });
});
