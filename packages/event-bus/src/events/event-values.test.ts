import { describe, expect, test } from 'vitest';
import { TopicSchemas } from '../topic-schemas.ts';
import { TOPICS } from '../topics.ts';
import { ACCESS_CHANGED, type AccessChanged } from './access-changed.ts';
import { BALANCE_CHANGED, type BalanceChanged } from './balance-changed.ts';
import { MERCHANT_CHANGED, type MerchantChanged } from './merchant-changed.ts';
import {
  PROGRAM_CHANGED,
  type ProgramChanged,
  type ProgramChangedValidity,
  type ProgramChangedVersion,
} from './program-changed.ts';

const schemas = new TopicSchemas(TOPICS);

const merchantId = 'mer_01jd8v5v0qe5xv1ygq9b1m6wqz';
const programId = 'prg_01jd8v5v0qe5xv1ygq9b1m6wqz';
const points = { code: 'PTS.01jd8v5v0qe5xv1ygq9b1m6wqz', scale: 0 };

const balanceChanged: BalanceChanged = {
  holderId: 'wal_01jd8v5v0qe5xv1ygq9b1m6wqz',
  merchantId,
  programId,
  consumerId: 'con_01jd8v5v0qe5xv1ygq9b1m6wqz',
  storeId: null,
  transactionId: 'trx_01jd8v5v0qe5xv1ygq9b1m6wqz',
  kind: 'BURN',
  version: '9223372036854775807',
  deltas: [{ asset: points, posted: '-9007199254740993' }],
  balances: [{ asset: points, posted: '5', pending: '0', held: '0', available: '5' }],
  occurredAt: '2026-03-01T10:00:00.123Z',
  recordedAt: '2026-03-01T10:00:00.123+00:00',
};
const merchantChanged: MerchantChanged = {
  merchantId,
  version: '3',
  status: 'LIVE',
  name: 'Au Pain Doré',
  timeZone: 'Europe/Paris',
  storeIds: ['sto_01jd8v5v0qe5xv1ygq9b1m6wqz'],
};
const programChanged: ProgramChanged = {
  programId,
  merchantId,
  currency: 'EUR',
  pointAssetCode: points.code,
  programVersion: '2',
  versions: [
    {
      version: 1,
      startsAt: '2026-03-01T00:00:00Z',
      pointName: 'croissant',
      points: '1',
      perAmountMinor: '100',
      rounding: 'DOWN',
      minimumPurchaseMinor: '0',
      pointValidityDays: 365,
    },
  ],
};
const programWith = (lots: Partial<ProgramChangedVersion>): ProgramChanged => ({
  ...programChanged,
  versions: programChanged.versions.map((version) => ({ ...version, ...lots })),
});
const validities: ProgramChangedValidity[] = [
  { kind: 'UNLIMITED' },
  { kind: 'DAYS', days: 365 },
  { kind: 'FIXED_DATE', on: '2027-06-30' },
  { kind: 'END_OF_MONTH', months: 0 },
  { kind: 'INACTIVITY', days: 180 },
];
const accessOfLogin: AccessChanged = {
  merchantId,
  reason: 'STAFF_MEMBER_ADDED',
  loginPseudonym: '0123456789abcdef0123456789abcdef',
};
const accessOfPartner: AccessChanged = {
  merchantId,
  reason: 'PARTNER_KEY_REVOKED',
  partnerId: 'prt_01jd8v5v0qe5xv1ygq9b1m6wqz',
};

const fixtures: readonly [topic: string, value: object][] = [
  [BALANCE_CHANGED, balanceChanged],
  [BALANCE_CHANGED, { ...balanceChanged, storeId: 'sto_01jd8v5v0qe5xv1ygq9b1m6wqz', kind: 'EARN' }],
  [MERCHANT_CHANGED, merchantChanged],
  [PROGRAM_CHANGED, programChanged],
  ...validities.map((validity): [string, object] => [
    PROGRAM_CHANGED,
    programWith({ validity, activationDelayDays: 14, negativeBalance: 'WITHIN_PENDING', refundGraceDays: 30 }),
  ]),
  [ACCESS_CHANGED, accessOfLogin],
  [ACCESS_CHANGED, accessOfPartner],
];

describe('event contracts', () => {
  test.each(fixtures)('%s: a value of its type fits its schema', (topic, value) => {
    expect(schemas.problemWith(topic, value)).toBeUndefined();
  });

  test.each(fixtures)('%s: a property that is added later disturbs nobody', (topic, value) => {
    expect(schemas.problemWith(topic, { ...value, addedLater: { deep: true } })).toBeUndefined();
  });

  test.each(fixtures)('%s: no property may be missing', (topic, value) => {
    for (const property of Object.keys(value)) {
      expect(schemas.problemWith(topic, { ...value, [property]: undefined }), property).toMatch(/breaks its schema/);
    }
  });

  test('a merchant may tell its country', () => {
    expect(schemas.problemWith(MERCHANT_CHANGED, { ...merchantChanged, country: 'FR' })).toBeUndefined();
  });

  test.each<[what: string, validity: object]>([
    ['days without their number', { kind: 'DAYS' }],
    ['a date that is an instant', { kind: 'FIXED_DATE', on: '2027-06-30T00:00:00Z' }],
    ['the end of an unnamed month', { kind: 'END_OF_MONTH' }],
    ['an unknown kind', { kind: 'WHILE_STOCKS_LAST' }],
  ])('a validity of %s is refused', (_what, validity) => {
    const [version] = programChanged.versions;
    const value = { ...programChanged, versions: [{ ...version, validity }] };
    expect(schemas.problemWith(PROGRAM_CHANGED, value)).toMatch(/breaks its schema/);
  });

  test.each<[what: string, topic: string, value: object]>([
    ['an amount as a number', BALANCE_CHANGED, { ...balanceChanged, version: 3 }],
    ['an unknown kind', BALANCE_CHANGED, { ...balanceChanged, kind: 'GIFT' }],
    ['an identifier of another kind', BALANCE_CHANGED, { ...balanceChanged, merchantId: programId }],
    ['a time without an offset', BALANCE_CHANGED, { ...balanceChanged, occurredAt: '2026-03-01T10:00:00' }],
    ['a login and a partner at once', ACCESS_CHANGED, { ...accessOfLogin, ...accessOfPartner }],
    ['a login that is no pseudonym', ACCESS_CHANGED, { merchantId, reason: 'X', loginPseudonym: 'auth0|42' }],
  ])('%s is refused', (_what, topic, value) => {
    expect(schemas.problemWith(topic, value)).toMatch(/breaks its schema/);
  });

  test('every property of every schema is described', () => {
    const undescribed: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [name, child] of Object.entries(node)) {
        if (name === 'properties') {
          for (const [property, schema] of Object.entries(child)) {
            if (!(typeof schema === 'object' && schema && 'description' in schema))
              undescribed.push(`${path}.${property}`);
          }
        }
        visit(child, `${path}.${name}`);
      }
    };
    for (const { name, schema } of TOPICS) visit(schema, name);
    expect(undescribed).toEqual([]);
  });
});
