import { describe, expect, test } from 'vitest';
import { type Actor, mayCommand, mayInspect, RoleNotAllowed, requireOperator } from './rights.ts';
import type { Role } from './staff.ts';

const staff = (role: Role, merchantId = 'mer_1'): Actor => ({
  kind: 'person',
  memberships: [{ merchantId, role }],
  isPlatformOperator: false,
});
const operator: Actor = { kind: 'person', memberships: [], isPlatformOperator: true };
const consumer: Actor = { kind: 'person', memberships: [], isPlatformOperator: false };
const partner: Actor = { kind: 'partner', merchantId: 'mer_1' };
const service: Actor = { kind: 'service' };
const owners = { roles: ['owner'] } as const;

describe('a command for owners', () => {
  test('is open to an owner of that merchant', () => {
    expect(mayCommand(staff('owner'), 'mer_1', owners)).toBe(true);
  });
  test('is forbidden to everybody else who is known to the merchant, and to operators', () => {
    for (const actor of [staff('manager'), staff('cashier'), partner, operator]) {
      expect(() => mayCommand(actor, 'mer_1', owners)).toThrow(RoleNotAllowed);
    }
  });
  test('looks like one on an unknown merchant to everybody else', () => {
    for (const actor of [staff('owner', 'mer_2'), consumer, service, { ...partner, merchantId: 'mer_2' }]) {
      expect(mayCommand(actor, 'mer_1', owners)).toBe(false);
    }
  });
});

test('an operator may give the commands that are open to operators, at any merchant', () => {
  expect(mayCommand(operator, 'mer_1', { roles: ['owner'], isOpenToOperators: true })).toBe(true);
  expect(() => requireOperator(operator)).not.toThrow();
  for (const actor of [staff('owner'), consumer, partner, service])
    expect(() => requireOperator(actor)).toThrow(RoleNotAllowed);
});

test('only who runs the merchant or the platform sees what is not public', () => {
  const seeing = [
    staff('owner'),
    staff('manager'),
    staff('cashier'),
    staff('owner', 'mer_2'),
    operator,
    consumer,
    partner,
    service,
  ];
  expect(seeing.map((actor) => mayInspect(actor, 'mer_1'))).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
    false,
    false,
  ]);
});

test('the refusal names the roles that may', () => {
  expect(() => mayCommand(partner, 'mer_1', { roles: ['owner', 'manager'], isOpenToOperators: true })).toThrow(
    'Only these roles may do this: owner, manager, platform operator.',
  );
});
