import { newId } from '@localplus/identifiers';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consumer, issuer, operator, partnerOf, person, staffOf } from '../../test/callers.ts';
import { ask, give } from '../../test/graphql-house.ts';
import { type MerchantHouse, newKey, openMerchantHouse, profile } from '../../test/merchant-house.ts';

let house: MerchantHouse;
beforeAll(async () => {
  house = openMerchantHouse(await createTestDatabase());
});
afterAll(() => house.close());

const termsInput = { pointName: 'croissant', points: '1', perAmountMinor: '100', rounding: 'DOWN' };
const ownerInput = (subject: string) => ({ login: { issuer, subject }, displayName: 'Margaux' });

async function create(subject = newKey()) {
  const input = { idempotencyKey: newKey(), ...profile, owner: ownerInput(subject) };
  const selection = 'merchant { id status version } owner { id role subject } isReplay';
  interface Created {
    merchant: { id: string };
    owner: { id: string };
    isReplay: boolean;
  }
  const created = await give<Created>(house, operator, 'createMerchant', input, selection);
  return { ...created, caller: person(subject, { merchantId: created.merchant.id, role: 'owner' }) };
}

test('a merchant is set up, goes live, and is stopped, by mutations alone', async () => {
  const created = await create('margaux');
  expect(created).toMatchObject({
    __typename: 'CreateMerchantSuccess',
    ...{ merchant: { status: 'DRAFT', version: '1' }, owner: { role: 'OWNER', subject: 'margaux' }, isReplay: false },
  });
  const merchantId = created.merchant.id;
  const owner = created.caller;
  const base = () => ({ idempotencyKey: newKey(), merchantId });

  const goLive = { idempotencyKey: newKey(), merchantId };
  const selection = 'status merchantVersion merchant { status } isReplay';
  const tooEarly = await ask<{ goLive: object }>(
    house,
    owner,
    `mutation ($input: GoLiveInput!) { goLive(input: $input) {
       __typename ... on MerchantNotReady { code message missing } } }`,
    { input: goLive },
  );
  expect(tooEarly.data.goLive).toEqual({
    __typename: 'MerchantNotReady',
    code: 'MerchantNotReady',
    message: 'Before the merchant can go live it needs at least one store and one program.',
    missing: ['STORE', 'PROGRAM'],
  });

  const opened = await give<{ store: { id: string }; merchantVersion: string }>(
    house,
    owner,
    'openStore',
    { ...base(), name: 'Croix-Rousse', city: 'Lyon' },
    'store { id name city merchant { id } } merchantVersion isReplay',
  );
  expect(opened).toMatchObject({
    store: { name: 'Croix-Rousse', city: 'Lyon', merchant: { id: merchantId } },
    merchantVersion: '2',
  });

  const program = await give<{ program: { id: string } }>(
    house,
    owner,
    'createProgram',
    { ...base(), terms: termsInput },
    'program { id pointName version pointAssetCode } programVersion { version points minimumPurchaseMinor pointValidityDays } isReplay',
  );
  expect(program).toMatchObject({
    program: { pointName: 'croissant', version: 1 },
    programVersion: { version: 1, points: '1', minimumPurchaseMinor: '0', pointValidityDays: null },
  });
  const changed = await give(
    house,
    owner,
    'changeProgram',
    {
      idempotencyKey: newKey(),
      programId: program.program.id,
      terms: { ...termsInput, points: 9, pointValidityDays: 30 },
    },
    'program { version } programVersion { version points pointValidityDays }',
  );
  expect(changed).toMatchObject({
    program: { version: 1 },
    programVersion: { version: 2, points: '9', pointValidityDays: 30 },
  });

  expect(await give(house, owner, 'goLive', goLive, selection)).toMatchObject({ status: 'LIVE', merchantVersion: '3' });
  const suspension = { ...base(), reason: 'Unpaid fees' };
  expect(await give(house, operator, 'suspendMerchant', suspension, 'status merchant { statusReason }')).toMatchObject({
    ...{ status: 'SUSPENDED', merchant: { statusReason: 'Unpaid fees' } },
  });
  expect(await give(house, operator, 'reinstateMerchant', base(), 'status isReplay')).toMatchObject({ status: 'LIVE' });
  const replay = await give(house, operator, 'suspendMerchant', suspension, 'status merchant { status } isReplay');
  expect(replay).toMatchObject({ status: 'SUSPENDED', merchant: { status: 'LIVE' }, isReplay: true });
});

test('staff come, change and go', async () => {
  const { merchant, caller: owner } = await create();
  const base = () => ({ idempotencyKey: newKey(), merchantId: merchant.id });
  const { store } = await give<{ store: { id: string } }>(
    house,
    owner,
    'openStore',
    { ...base(), name: 'A', city: 'Lyon' },
    'store { id }',
  );
  const member = { ...base(), ...ownerInput(newKey()), role: 'CASHIER', storeIds: [store.id] };
  const selection = 'staffMember { id role worksInAllStores stores { id } } isReplay';
  const added = await give<{ staffMember: { id: string } }>(house, owner, 'addStaffMember', member, selection);
  expect(added).toMatchObject({
    staffMember: { role: 'CASHIER', worksInAllStores: false, stores: [{ id: store.id }] },
  });
  const staffMemberId = added.staffMember.id;
  const twice = await give(house, owner, 'addStaffMember', { ...member, idempotencyKey: newKey() }, 'isReplay');
  expect(twice.__typename).toBe('MerchantStaffMemberExists');

  const change = { ...base(), staffMemberId, role: 'MANAGER' };
  expect(await give(house, owner, 'changeStaffMember', change, selection)).toMatchObject({
    staffMember: { role: 'MANAGER', worksInAllStores: true, stores: [] },
  });
  const removal = { ...base(), staffMemberId };
  expect(
    await give(house, owner, 'removeStaffMember', removal, 'staffMemberId merchant { id } isReplay'),
  ).toMatchObject({ staffMemberId, merchant: { id: merchant.id }, isReplay: false });
  expect(await give(house, owner, 'addStaffMember', member, selection)).toMatchObject({
    staffMember: null,
    isReplay: true,
  });
  const gone = await give(house, owner, 'removeStaffMember', { ...removal, idempotencyKey: newKey() }, 'isReplay');
  expect(gone).toMatchObject({ __typename: 'MerchantUnknownStaffMember', code: 'MerchantUnknownStaffMember' });
});

test('a partner gets a key that is shown once, and loses it', async () => {
  const { merchant, caller: owner } = await create();
  const registration = { idempotencyKey: newKey(), merchantId: merchant.id, name: 'Till', scopes: ['POINTS_EARN'] };
  const { partner } = await give<{ partner: { id: string } }>(
    house,
    owner,
    'registerPartner',
    registration,
    'partner { id name scopes merchant { id } }',
  );
  const issue = { idempotencyKey: newKey(), partnerId: partner.id };
  const selection = 'key notice partner { id } partnerKey { id revokedAt } isReplay';
  interface Issued {
    key: string | null;
    notice: string;
    partnerKey: { id: string };
  }
  const first = await give<Issued>(house, owner, 'issuePartnerKey', issue, selection);
  expect(first.key).toMatch(/^lpk_[0-9a-z]{26}_[A-Za-z0-9_-]{43}$/);
  const replay = await give<Issued>(house, owner, 'issuePartnerKey', issue, selection);
  expect(replay).toMatchObject({ key: null, partnerKey: first.partnerKey, isReplay: true });
  expect(replay.notice).toMatch(/was shown once/);

  const revocation = { idempotencyKey: newKey(), partnerKeyId: first.partnerKey.id };
  const revoked = await give(
    house,
    owner,
    'revokePartnerKey',
    revocation,
    'partner { id } partnerKey { id revokedAt }',
  );
  expect(revoked).toMatchObject({ partnerKey: { id: first.partnerKey.id, revokedAt: house.now.toISOString() } });
});

test('every field at fault is named', async () => {
  const input = { idempotencyKey: newKey(), ...profile, country: 'XX', currency: 'EURO', owner: ownerInput('a') };
  const { data } = await ask(
    house,
    operator,
    `mutation ($input: CreateMerchantInput!) { createMerchant(input: $input) {
       __typename ... on MerchantInvalidInput { code problems { field message } } } }`,
    { input },
  );
  expect(data).toEqual({
    createMerchant: {
      ...{ __typename: 'MerchantInvalidInput', code: 'MerchantInvalidInput' },
      problems: [
        { field: 'country', message: 'must be a country code of ISO 3166-1, for instance FR.' },
        { field: 'currency', message: 'must be a currency code of ISO 4217, for instance EUR.' },
      ],
    },
  });
});

const lotTerms =
  'activationDelayDays validity { kind days on months } pointValidityDays negativeBalance refundGraceDays';
const createProgramMutation = `mutation ($input: CreateProgramInput!) { createProgram(input: $input) {
  __typename ... on CreateProgramSuccess { programVersion { ${lotTerms} } program { ${lotTerms} } }
  ... on MerchantInvalidInput { problems { field message } } } }`;

test.each<[string, object, object]>([
  [
    'left out',
    {},
    {
      ...{ activationDelayDays: 0, pointValidityDays: null, negativeBalance: 'NEVER', refundGraceDays: 0 },
      validity: { kind: 'UNLIMITED', days: null, on: null, months: null },
    },
  ],
  [
    'null',
    {
      activationDelayDays: null,
      validity: null,
      pointValidityDays: null,
      negativeBalance: null,
      refundGraceDays: null,
    },
    { activationDelayDays: 0, validity: { kind: 'UNLIMITED' }, negativeBalance: 'NEVER', refundGraceDays: 0 },
  ],
  [
    'days alone',
    { pointValidityDays: 30 },
    { pointValidityDays: 30, validity: { kind: 'DAYS', days: 30, on: null, months: null } },
  ],
  [
    'the end of a month',
    {
      ...{ activationDelayDays: 14, negativeBalance: 'WITHIN_PENDING', refundGraceDays: 30 },
      validity: { kind: 'END_OF_MONTH', months: 12 },
    },
    {
      ...{ activationDelayDays: 14, pointValidityDays: null, negativeBalance: 'WITHIN_PENDING', refundGraceDays: 30 },
      validity: { kind: 'END_OF_MONTH', days: null, on: null, months: 12 },
    },
  ],
  [
    'a date',
    { validity: { kind: 'FIXED_DATE', on: '2027-06-30' } },
    { pointValidityDays: null, validity: { kind: 'FIXED_DATE', days: null, on: '2027-06-30', months: null } },
  ],
])('terms of lots: %s', async (_what, asked, expected) => {
  const { merchant, caller: owner } = await create();
  const input = { idempotencyKey: newKey(), merchantId: merchant.id, terms: { ...termsInput, ...asked } };
  const { data } = await ask(house, owner, createProgramMutation, { input });
  expect(data).toMatchObject({ createProgram: { programVersion: expected, program: expected } });
});

test('terms of lots that cannot be kept together are refused, each with its reason', async () => {
  const { merchant, caller: owner } = await create();
  const refuse = async (asked: object) => {
    const input = { idempotencyKey: newKey(), merchantId: merchant.id, terms: { ...termsInput, ...asked } };
    const { data } = await ask<{ createProgram: { problems: object[] } }>(house, owner, createProgramMutation, {
      input,
    });
    return data.createProgram.problems;
  };
  expect(
    await refuse({ pointValidityDays: 30, validity: { kind: 'UNLIMITED' }, negativeBalance: 'WITHIN_PENDING' }),
  ).toEqual([
    { field: 'terms.pointValidityDays', message: 'must be left out where validity is given.' },
    {
      field: 'terms.negativeBalance',
      message: 'must not be WITHIN_PENDING where points are never pending: activationDelayDays is 0.',
    },
  ]);
  expect(await refuse({ activationDelayDays: 30, validity: { kind: 'DAYS', days: 30 } })).toEqual([
    {
      field: 'terms.activationDelayDays',
      message: 'must be below the 30 days of validity: points would expire while they are pending.',
    },
  ]);
  expect(await refuse({ validity: { kind: 'FIXED_DATE', on: '2020-01-01' } })).toMatchObject([
    { field: 'terms.validity.on' },
  ]);
});

test('refusals bring the figures that a client needs', async () => {
  const { merchant, caller: owner } = await create();
  const startsAt = house.now.toISOString();
  const { data: start } = await ask(
    house,
    owner,
    `mutation ($input: CreateProgramInput!) { createProgram(input: $input) {
       __typename ... on MerchantInvalidStart { earliestStartsAt latestStartsAt } } }`,
    { input: { idempotencyKey: newKey(), merchantId: merchant.id, terms: termsInput, startsAt } },
  );
  expect(start).toMatchObject({
    createProgram: { __typename: 'MerchantInvalidStart', earliestStartsAt: '2026-11-22T10:01:00.000Z' },
  });
  const { data: status } = await ask(
    house,
    operator,
    `mutation ($input: SuspendMerchantInput!) { suspendMerchant(input: $input) {
       __typename ... on MerchantInvalidStatus { status } } }`,
    { input: { idempotencyKey: newKey(), merchantId: merchant.id, reason: 'Fraud' } },
  );
  expect(status).toEqual({ suspendMerchant: { __typename: 'MerchantInvalidStatus', status: 'DRAFT' } });
});

test('an unknown merchant and one of somebody else are refused in the same words', async () => {
  const [own, foreign] = [await create(), await create()];
  const refusalFor = (merchantId: string) =>
    give(house, own.caller, 'openStore', { idempotencyKey: newKey(), merchantId, name: 'A', city: 'B' }, 'isReplay');
  const answers = [await refusalFor(foreign.merchant.id), await refusalFor(newId('mer')), await refusalFor('x')];
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchObject({ __typename: 'MerchantUnknown', code: 'MerchantUnknown' });
});

test('a role that may not is a failure of the request, and so is a malformed key', async () => {
  const { merchant, caller: owner } = await create();
  const source = 'mutation ($input: OpenStoreInput!) { openStore(input: $input) { __typename } }';
  const open = (caller: typeof owner, idempotencyKey = newKey()) =>
    ask(house, caller, source, { input: { idempotencyKey, merchantId: merchant.id, name: 'A', city: 'B' } });
  for (const caller of [
    staffOf(merchant.id, 'manager'),
    staffOf(merchant.id, 'cashier'),
    partnerOf(merchant.id),
    operator,
  ]) {
    expect((await open(caller)).codes).toEqual(['FORBIDDEN']);
  }
  expect((await open(owner, 'camille@example.fr')).codes).toEqual(['BAD_USER_INPUT']);
  for (const caller of [owner, consumer, partnerOf(merchant.id)]) {
    const input = { idempotencyKey: newKey(), ...profile, owner: ownerInput('x') };
    const create = 'mutation ($input: CreateMerchantInput!) { createMerchant(input: $input) { __typename } }';
    expect((await ask(house, caller, create, { input })).codes).toEqual(['FORBIDDEN']);
  }
});

test('when a merchant stays locked by others, the client is told to come back', async () => {
  const { merchant, caller: owner } = await create();
  const blocker = await house.database.connect();
  try {
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM merchants FOR UPDATE');
    const { codes, errors } = await ask(
      house,
      owner,
      'mutation ($input: OpenStoreInput!) { openStore(input: $input) { __typename } }',
      { input: { idempotencyKey: newKey(), merchantId: merchant.id, name: 'A', city: 'B' } },
    );
    expect(codes).toEqual(['OVERLOADED']);
    expect(errors?.[0]?.extensions).toMatchObject({ retryAfterMs: 3_000 });
  } finally {
    await blocker.query('ROLLBACK');
    blocker.release();
  }
});
