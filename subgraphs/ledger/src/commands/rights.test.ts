import { fromUuid } from '@localplus/identifiers';
import { describe, expect, test } from 'vitest';
import { consumer, operator, partnerOf, person, staffOf } from '../../test/callers.ts';
import { Forbidden } from '../domain/failures.ts';
import { actorOf, demandSomewhere, mayAct, mayImport, mayNameStore, type Right } from './rights.ts';

const merchantId = '01900000-0000-7000-8000-00000000000a';
const merchant = fromUuid('mer', merchantId);
const elsewhere = fromUuid('mer', '01900000-0000-7000-8000-00000000000b');
const earning: Right = { roles: ['cashier', 'manager', 'owner'], scope: 'points:earn' };
const reversing: Right = { roles: ['manager', 'owner'] };
const gateway = { kind: 'service' as const, service: 'gateway' as const };

describe('who may give a command somewhere', () => {
  test.each([
    ['a cashier', staffOf(merchant, 'cashier'), earning],
    ['an owner', staffOf(merchant, 'owner'), reversing],
    ['a platform operator', operator(), reversing],
    ['a partner with the scope', partnerOf(merchant, ['points:earn']), earning],
  ])('%s may', (_who, caller, right) => {
    expect(() => demandSomewhere(caller, right)).not.toThrow();
  });

  test.each([
    ['a stranger', person(), earning],
    ['a consumer', consumer('con_x'), earning],
    ['a cashier who reverses', staffOf(merchant, 'cashier'), reversing],
    ['a partner without the scope', partnerOf(merchant, ['points:burn']), earning],
    ['a partner where no scope helps', partnerOf(merchant, ['points:earn', 'points:burn']), reversing],
    ['a service', gateway, earning],
  ])('%s may not', (_who, caller, right) => {
    expect(() => demandSomewhere(caller, right)).toThrow(Forbidden);
  });
});

describe('at one merchant', () => {
  test('its staff, its partner and platform operators may act', () => {
    const callers = [staffOf(merchant, 'cashier'), partnerOf(merchant, ['points:earn']), operator()];
    expect(callers.map((caller) => mayAct(caller, merchantId, earning))).toEqual([true, true, true]);
  });

  test('strangers are not told that it exists', () => {
    const callers = [staffOf(elsewhere), partnerOf(elsewhere, ['points:earn']), consumer('con_x')];
    expect(callers.map((caller) => mayAct(caller, merchantId, earning))).toEqual([false, false, false]);
  });

  test('those who belong there in another role are told that they may not', () => {
    const both = person({
      memberships: [
        { merchantId: merchant, role: 'cashier', storeIds: 'all' },
        { merchantId: elsewhere, role: 'owner', storeIds: 'all' },
      ],
    });
    expect(() => mayAct(both, merchantId, reversing)).toThrow(Forbidden);
    expect(() => mayAct(partnerOf(merchant, ['points:burn']), merchantId, earning)).toThrow(Forbidden);
  });

  test('staff who work in some stores name only those', () => {
    const cashier = staffOf(merchant, 'cashier', ['sto_a']);
    expect(['sto_a', 'sto_b'].map((store) => mayNameStore(cashier, merchantId, store))).toEqual([true, false]);
    expect(mayNameStore(staffOf(merchant), merchantId, 'sto_b')).toBe(true);
    expect(mayNameStore(operator(), merchantId, 'sto_b')).toBe(true);
  });
});

describe('who acts, in the journal', () => {
  test('a person is a digest that does not hold the login', () => {
    const actor = actorOf(person({ subject: 'https://issuer.example|jean@example.org' }), merchantId);
    expect(actor).toEqual({ kind: 'operator', id: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(actorOf(staffOf(merchant), merchantId).kind).toBe('staff');
  });

  test('a partner is its identifier, and a service is nobody', () => {
    const partner = partnerOf(merchant, []);
    expect(actorOf(partner, merchantId)).toEqual({ kind: 'partner', id: expect.stringMatching(/^prt_/) });
    expect(() => actorOf(gateway, merchantId)).toThrow(Forbidden);
  });
});

test('only platform operators import', () => {
  expect([operator(), staffOf(merchant), partnerOf(merchant, [])].map(mayImport)).toEqual([true, false, false]);
});
