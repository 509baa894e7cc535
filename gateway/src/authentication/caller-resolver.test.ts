import { setTimeout } from 'node:timers/promises';
import { loginPseudonym, loginSubject } from '@localplus/identity';
import { createLogger } from '@localplus/logging';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Authenticated } from './authenticator.ts';
import type { CallerDirectory, StaffRights } from './caller-directory.ts';
import { CallerResolver } from './caller-resolver.ts';

const cashier: StaffRights = {
  memberships: [{ merchantId: 'mer_1', role: 'cashier', storeIds: 'all' }],
  isPlatformOperator: false,
};
const nobody: StaffRights = { memberships: [], isPlatformOperator: false };
const who = { issuer: 'https://login.example', subject: 'camille' };
const login: Authenticated = { kind: 'login', key: loginSubject(who), ...who, expiresAtMs: Number.POSITIVE_INFINITY };
const partnerKey: Authenticated = { kind: 'partnerKey', key: 'hash', partnerKey: 'lpk_till' };

let rights: StaffRights;
let answers: PromiseWithResolvers<void> | undefined;
const asked = { staff: 0, partner: 0 };
const directory: CallerDirectory = {
  staffRights: async () => {
    asked.staff += 1;
    const given = rights;
    await answers?.promise;
    return given;
  },
  consumerId: async () => null,
  partnerRights: async () => {
    asked.partner += 1;
    return { partnerId: 'prt_1', merchantId: 'mer_1', scopes: [] };
  },
  close: () => undefined,
};
const signer = { sign: async () => 'token', signOwn: async () => 'token' };
const logger = createLogger('test', { write: () => undefined });
let callers: CallerResolver;

beforeEach(() => {
  vi.restoreAllMocks();
  rights = cashier;
  answers = undefined;
  Object.assign(asked, { staff: 0, partner: 0 });
  callers = new CallerResolver({ directory, signer, logger });
});

test('rights are remembered for a minute, "nobody" for seconds', async () => {
  const clock = performance.now.bind(performance);
  let passedMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clock() + passedMs);
  const pass = async (ms: number) => {
    passedMs += ms;
    // The cache looks at the clock once a millisecond.
    await setTimeout(2);
  };
  await callers.resolve(login);
  await pass(58_000);
  await callers.resolve(login);
  expect(asked.staff).toBe(1);
  rights = nobody;
  await pass(3_000);
  await callers.resolve(login);
  await pass(6_000);
  await callers.resolve(login);
  expect(asked.staff).toBe(3);
});

test('rights that changed are asked for again at once', async () => {
  await callers.resolve(login);
  await callers.resolve(partnerKey);
  rights = nobody;
  callers.forgetLogin(loginPseudonym(login.key));
  callers.forgetPartner('prt_1');
  callers.forgetPartner('prt_2');
  expect((await callers.resolve(login)).caller).toMatchObject({ memberships: [] });
  await callers.resolve(partnerKey);
  expect(asked).toEqual({ staff: 2, partner: 2 });
});

test('an answer that was under way when rights changed is not remembered', async () => {
  answers = Promise.withResolvers();
  const early = callers.resolve(login);
  rights = nobody;
  callers.forgetLogin(loginPseudonym(login.key));
  answers.resolve();
  expect((await early).caller).toMatchObject({ memberships: cashier.memberships });
  expect((await callers.resolve(login)).caller).toMatchObject({ memberships: [] });
});
