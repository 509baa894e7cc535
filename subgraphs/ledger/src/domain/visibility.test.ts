import { fromUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { describe, expect, test } from 'vitest';
import { maySeeBooksOf, maySeeHolder, maySeeHoldersOf } from './visibility.ts';

const merchantId = '01936b1e-0000-7000-8000-000000000001';
const otherMerchantId = '01936b1e-0000-7000-8000-000000000002';
const consumerId = '01936b1e-0000-7000-8000-00000000000a';
const otherConsumerId = '01936b1e-0000-7000-8000-00000000000b';
const holder = { merchantId, consumerId };

function person(details: Partial<Extract<Caller, { kind: 'person' }>>): Caller {
  return { kind: 'person', subject: 'issuer|somebody', memberships: [], isPlatformOperator: false, ...details };
}
function staff(role: 'owner' | 'manager' | 'cashier', at = merchantId): Caller {
  return person({ memberships: [{ merchantId: fromUuid('mer', at), role, storeIds: 'all' }] });
}
function partner(scopes: ('wallets:read' | 'points:earn')[], at = merchantId): Caller {
  return { kind: 'partner', partnerId: 'prt_1', merchantId: fromUuid('mer', at), scopes };
}

describe('a holder is visible to', () => {
  test.each([
    ['its consumer', person({ consumerId: fromUuid('con', consumerId) }), true],
    ['another consumer', person({ consumerId: fromUuid('con', otherConsumerId) }), false],
    ['a cashier of its merchant', staff('cashier'), true],
    ['an owner of another merchant', staff('owner', otherMerchantId), false],
    ['a partner that may read wallets', partner(['wallets:read']), true],
    ['a partner that may only earn', partner(['points:earn']), false],
    ['a partner of another merchant', partner(['wallets:read'], otherMerchantId), false],
    ['a platform operator', person({ isPlatformOperator: true }), true],
    ['a service', { kind: 'service', service: 'wallet' } satisfies Caller, false],
  ])('%s: %#', (_who, caller, isVisible) => {
    expect(maySeeHolder(caller, holder)).toBe(isVisible);
  });
});

test("the merchant's books are open to owner, manager and platform operator alone", () => {
  expect(maySeeBooksOf(staff('owner'), merchantId)).toBe(true);
  expect(maySeeBooksOf(staff('manager'), merchantId)).toBe(true);
  expect(maySeeBooksOf(person({ isPlatformOperator: true }), merchantId)).toBe(true);
  expect(maySeeBooksOf(staff('cashier'), merchantId)).toBe(false);
  expect(maySeeBooksOf(staff('owner'), otherMerchantId)).toBe(false);
  expect(maySeeBooksOf(partner(['wallets:read']), merchantId)).toBe(false);
});

test('a consumer does not see the holders of a merchant as such', () => {
  expect(maySeeHoldersOf(person({ consumerId: fromUuid('con', consumerId) }), merchantId)).toBe(false);
});
