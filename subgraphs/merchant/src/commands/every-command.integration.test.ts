import { newId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consumer, issuer, operator, partnerOf, person, staffOf } from '../../test/callers.ts';
import { type MerchantHouse, newKey, openMerchantHouse, profile, refusalOf, terms } from '../../test/merchant-house.ts';
import {
  IdempotencyKeyReused,
  MerchantUnknown,
  UnknownPartner,
  UnknownPartnerKey,
  UnknownProgram,
} from '../domain/refusals.ts';
import { RoleNotAllowed } from '../domain/rights.ts';
import { addStaffMember } from './add-staff-member.ts';
import { changeProgram } from './change-program.ts';
import { changeStaffMember } from './change-staff-member.ts';
import { goLive, reinstateMerchant, suspendMerchant } from './change-status.ts';
import { createMerchant } from './create-merchant.ts';
import { createProgram } from './create-program.ts';
import { issuePartnerKey } from './issue-partner-key.ts';
import { openStore } from './open-store.ts';
import { registerPartner } from './register-partner.ts';
import { removeStaffMember } from './remove-staff-member.ts';
import { revokePartnerKey } from './revoke-partner-key.ts';

let house: MerchantHouse;
beforeAll(async () => {
  house = openMerchantHouse(await createTestDatabase());
});
afterAll(() => house.close());

/** A merchant with one of everything, none of it shared with another test. */
interface Scene {
  merchantId: string;
  staffMemberId: string;
  programId: string;
  partnerId: string;
  partnerKeyId: string;
}

const owners = ['owner'];
const noOne: string[] = [];
const elsewhere = newId('mer');

async function setScene({ isLive = true, isSuspended = false } = {}): Promise<Scene> {
  const merchant = isLive ? await house.addLiveMerchant() : await house.addMerchant();
  const merchantId = merchant.id;
  if (!isLive) {
    const store = { idempotencyKey: newKey(), merchantId, name: 'Graslin', city: 'Nantes' };
    await openStore(house, merchant.owner, store);
  }
  const program = { idempotencyKey: newKey(), merchantId, terms, startsAt: undefined };
  const { programId } = await createProgram(house, merchant.owner, program);
  const staffMemberId = await house.addStaff(merchant, 'cashier', newKey());
  const partner = { idempotencyKey: newKey(), merchantId, name: 'Till', scopes: ['points:earn'] as const };
  const { partnerId } = await registerPartner(house, merchant.owner, partner);
  const { partnerKeyId } = await issuePartnerKey(house, merchant.owner, { idempotencyKey: newKey(), partnerId });
  if (isSuspended) {
    await suspendMerchant(house, operator, { idempotencyKey: newKey(), merchantId, reason: 'Unpaid fees' });
  }
  return { merchantId, staffMemberId, programId, partnerId, partnerKeyId };
}

interface Trial {
  name: string;
  scene?: Parameters<typeof setScene>[0];
  /** Roles of the merchant's own people that may give the command. */
  allowed: string[];
  isOpenToOperators: boolean;
  /** What those get to whom the merchant is none of their business. */
  unknown: new () => Error;
  give: (caller: Caller, scene: Scene, idempotencyKey: string) => Promise<{ isReplay: boolean }>;
  /** The same with other input. */
  giveOther?: (caller: Caller, scene: Scene, idempotencyKey: string) => Promise<{ isReplay: boolean }>;
}

const trials: Trial[] = [
  {
    name: 'openStore',
    allowed: owners,
    isOpenToOperators: false,
    unknown: MerchantUnknown,
    give: (caller, { merchantId }, idempotencyKey) =>
      openStore(house, caller, { idempotencyKey, merchantId, name: 'Bellecour', city: 'Lyon' }),
    giveOther: (caller, { merchantId }, idempotencyKey) =>
      openStore(house, caller, { idempotencyKey, merchantId, name: 'Bellecour', city: 'Paris' }),
  },
  {
    name: 'addStaffMember',
    allowed: owners,
    isOpenToOperators: false,
    unknown: MerchantUnknown,
    give: (caller, { merchantId }, idempotencyKey) =>
      addStaffMember(house, caller, {
        ...{ idempotencyKey, merchantId, displayName: 'Yanis', role: 'manager', storeIds: undefined },
        login: { issuer, subject: 'yanis' },
      }),
    giveOther: (caller, { merchantId }, idempotencyKey) =>
      addStaffMember(house, caller, {
        ...{ idempotencyKey, merchantId, displayName: 'Yanis', role: 'cashier', storeIds: undefined },
        login: { issuer, subject: 'yanis' },
      }),
  },
  {
    name: 'changeStaffMember',
    allowed: owners,
    isOpenToOperators: false,
    unknown: MerchantUnknown,
    give: (caller, { merchantId, staffMemberId }, idempotencyKey) =>
      changeStaffMember(house, caller, {
        ...{ idempotencyKey, merchantId, staffMemberId, role: 'manager', storeIds: undefined },
      }),
    giveOther: (caller, { merchantId, staffMemberId }, idempotencyKey) =>
      changeStaffMember(house, caller, {
        ...{ idempotencyKey, merchantId, staffMemberId, role: 'owner', storeIds: undefined },
      }),
  },
  {
    name: 'removeStaffMember',
    allowed: owners,
    isOpenToOperators: false,
    unknown: MerchantUnknown,
    give: (caller, { merchantId, staffMemberId }, idempotencyKey) =>
      removeStaffMember(house, caller, { idempotencyKey, merchantId, staffMemberId }),
    giveOther: (caller, { merchantId }, idempotencyKey) =>
      removeStaffMember(house, caller, { idempotencyKey, merchantId, staffMemberId: newId('stf') }),
  },
  {
    name: 'createProgram',
    allowed: ['owner', 'manager'],
    isOpenToOperators: true,
    unknown: MerchantUnknown,
    give: (caller, { merchantId }, idempotencyKey) =>
      createProgram(house, caller, { idempotencyKey, merchantId, terms, startsAt: undefined }),
    giveOther: (caller, { merchantId }, idempotencyKey) =>
      createProgram(house, caller, {
        ...{ idempotencyKey, merchantId, startsAt: undefined },
        terms: { ...terms, points: 2n },
      }),
  },
  {
    name: 'changeProgram',
    allowed: ['owner', 'manager'],
    isOpenToOperators: false,
    unknown: UnknownProgram,
    give: (caller, { programId }, idempotencyKey) =>
      changeProgram(house, caller, { idempotencyKey, programId, terms, startsAt: undefined }),
    giveOther: (caller, { programId }, idempotencyKey) =>
      changeProgram(house, caller, {
        ...{ idempotencyKey, programId, startsAt: undefined },
        terms: { ...terms, pointName: 'baguette' },
      }),
  },
  {
    name: 'goLive',
    scene: { isLive: false },
    allowed: owners,
    isOpenToOperators: true,
    unknown: MerchantUnknown,
    give: (caller, { merchantId }, idempotencyKey) => goLive(house, caller, { idempotencyKey, merchantId }),
  },
  {
    name: 'suspendMerchant',
    allowed: noOne,
    isOpenToOperators: true,
    unknown: MerchantUnknown,
    give: (caller, { merchantId }, idempotencyKey) =>
      suspendMerchant(house, caller, { idempotencyKey, merchantId, reason: 'Unpaid fees' }),
    giveOther: (caller, { merchantId }, idempotencyKey) =>
      suspendMerchant(house, caller, { idempotencyKey, merchantId, reason: 'Fraud' }),
  },
  {
    name: 'reinstateMerchant',
    scene: { isSuspended: true },
    allowed: noOne,
    isOpenToOperators: true,
    unknown: MerchantUnknown,
    give: (caller, { merchantId }, idempotencyKey) => reinstateMerchant(house, caller, { idempotencyKey, merchantId }),
  },
  {
    name: 'registerPartner',
    allowed: owners,
    isOpenToOperators: false,
    unknown: MerchantUnknown,
    give: (caller, { merchantId }, idempotencyKey) =>
      registerPartner(house, caller, { idempotencyKey, merchantId, name: 'Shop', scopes: ['points:burn'] }),
    giveOther: (caller, { merchantId }, idempotencyKey) =>
      registerPartner(house, caller, { idempotencyKey, merchantId, name: 'Shop', scopes: ['points:earn'] }),
  },
  {
    name: 'issuePartnerKey',
    allowed: owners,
    isOpenToOperators: false,
    unknown: UnknownPartner,
    give: (caller, { partnerId }, idempotencyKey) => issuePartnerKey(house, caller, { idempotencyKey, partnerId }),
  },
  {
    name: 'revokePartnerKey',
    allowed: owners,
    isOpenToOperators: false,
    unknown: UnknownPartnerKey,
    give: (caller, { partnerKeyId }, idempotencyKey) =>
      revokePartnerKey(house, caller, { idempotencyKey, partnerKeyId }),
  },
];

/** Somebody who may give the command. */
function somebodyAllowed({ allowed }: Trial, { merchantId }: Scene): Caller {
  return allowed.includes('owner') ? staffOf(merchantId, 'owner') : operator;
}

const withoutReplay = ({ isReplay: _isReplay, ...result }: { isReplay: boolean }) => result;

describe.each(trials)('$name', (trial) => {
  test('is carried out once: the same key again answers the first result', async () => {
    const scene = await setScene(trial.scene);
    const caller = somebodyAllowed(trial, scene);
    const key = newKey();
    const first = await trial.give(caller, scene, key);
    const eventCount = await countEvents(scene);
    const second = await trial.give(caller, scene, key);
    expect([first.isReplay, second.isReplay]).toEqual([false, true]);
    // A partner's key is shown once; see the tests of issuePartnerKey.
    expect(withoutReplay({ ...second, key: undefined } as never)).toEqual(
      withoutReplay({ ...first, key: undefined } as never),
    );
    expect(await countEvents(scene)).toBe(eventCount);
  });

  test('sent many times at once it is carried out once', async () => {
    const scene = await setScene(trial.scene);
    const caller = somebodyAllowed(trial, scene);
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 8 }, () => trial.give(caller, scene, key)));
    expect(answers.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
  });

  test('refuses a key that stands for another command of the merchant, and for other input', async () => {
    const scene = await setScene(trial.scene);
    const caller = somebodyAllowed(trial, scene);
    const key = newKey();
    await registerPartner(house, staffOf(scene.merchantId, 'owner'), {
      ...{ idempotencyKey: key, merchantId: scene.merchantId, name: 'First', scopes: ['wallets:read'] },
    });
    expect(await refusalOf(trial.give(caller, scene, key))).toBeInstanceOf(IdempotencyKeyReused);
    if (trial.giveOther) {
      const own = newKey();
      await trial.give(caller, scene, own);
      expect(await refusalOf(trial.giveOther(caller, scene, own))).toBeInstanceOf(IdempotencyKeyReused);
    }
  });

  test('a key of one merchant means nothing at another', async () => {
    const key = newKey();
    for (let round = 0; round < 2; round++) {
      const scene = await setScene(trial.scene);
      expect((await trial.give(somebodyAllowed(trial, scene), scene, key)).isReplay).toBe(false);
    }
  });

  test('a refused attempt leaves the key free', async () => {
    const scene = await setScene(trial.scene);
    const key = newKey();
    await refusalOf(trial.give(consumer, scene, key));
    expect((await trial.give(somebodyAllowed(trial, scene), scene, key)).isReplay).toBe(false);
  });

  test('is open to its roles, forbidden to the others of the merchant, and unknown to everybody else', async () => {
    const scene = await setScene(trial.scene);
    const { merchantId } = scene;
    const ownPeople = [staffOf(merchantId, 'owner'), staffOf(merchantId, 'manager'), staffOf(merchantId, 'cashier')];
    const others = [staffOf(elsewhere, 'owner'), partnerOf(elsewhere), consumer, person('nobody')];
    const services: Caller[] = [{ kind: 'service', service: 'gateway' }];

    for (const [index, role] of ['owner', 'manager', 'cashier'].entries()) {
      if (trial.allowed.includes(role)) continue;
      expect(await refusalOf(trial.give(ownPeople[index]!, scene, newKey()))).toBeInstanceOf(RoleNotAllowed);
    }
    expect(await refusalOf(trial.give(partnerOf(merchantId), scene, newKey()))).toBeInstanceOf(RoleNotAllowed);
    if (!trial.isOpenToOperators) {
      expect(await refusalOf(trial.give(operator, scene, newKey()))).toBeInstanceOf(RoleNotAllowed);
    }
    for (const other of [...others, ...services]) {
      expect(await refusalOf(trial.give(other, scene, newKey()))).toBeInstanceOf(trial.unknown);
    }
    for (const role of trial.allowed) {
      const fresh = await setScene(trial.scene);
      expect((await trial.give(staffOf(fresh.merchantId, role as 'owner'), fresh, newKey())).isReplay).toBe(false);
    }
    if (trial.isOpenToOperators) {
      expect((await trial.give(operator, scene, newKey())).isReplay).toBe(false);
    }
  });

  test('what does not exist is unknown, to those too who might have done it', async () => {
    const nothing = { programId: newId('prg'), partnerId: newId('prt'), partnerKeyId: newId('lpk') };
    const caller = trial.isOpenToOperators ? operator : staffOf(elsewhere, 'owner');
    for (const scene of [
      { merchantId: elsewhere, staffMemberId: newId('stf'), ...nothing },
      { merchantId: 'x', staffMemberId: 'x', programId: 'x', partnerId: 'x', partnerKeyId: 'x' },
    ]) {
      expect(await refusalOf(trial.give(caller, scene, newKey()))).toBeInstanceOf(trial.unknown);
    }
  });
});

async function countEvents({ merchantId }: Scene): Promise<number> {
  const { rows } = await house.database.query<{ count: bigint }>(
    `SELECT count(*) AS count FROM outbox WHERE value ->> 'merchantId' = $1`,
    [merchantId],
  );
  return Number(rows[0]?.count);
}

describe('createMerchant', () => {
  const give = (caller: Caller, idempotencyKey: string, name = 'Le Fournil') =>
    createMerchant(house, caller, {
      ...{ idempotencyKey, ...profile, name },
      owner: { login: { issuer, subject: 'margaux' }, displayName: 'Margaux' },
    });

  test('is carried out once, also when sent many times at once', async () => {
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 8 }, () => give(operator, key)));
    expect(answers.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
    expect(new Set(answers.map(({ merchantId }) => merchantId)).size).toBe(1);
  });

  test('refuses a key that stands for another merchant', async () => {
    const key = newKey();
    await give(operator, key);
    expect(await refusalOf(give(operator, key, 'La Librairie'))).toBeInstanceOf(IdempotencyKeyReused);
  });

  test('is open to platform operators alone', async () => {
    const { merchantId } = await give(operator, newKey());
    for (const caller of [staffOf(merchantId, 'owner'), partnerOf(merchantId), consumer]) {
      expect(await refusalOf(give(caller, newKey()))).toBeInstanceOf(RoleNotAllowed);
    }
  });
});
