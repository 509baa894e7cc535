import { expect, test } from 'vitest';
import { InputRules } from './input-rules.ts';
import { LastOwner } from './refusals.ts';
import { readLogin, readWorkplace, requireOwnerRemains, roles } from './staff.ts';

const reading = <Value>(read: (rules: InputRules) => Value) => {
  const rules = new InputRules();
  const value = read(rules);
  return { value, check: () => rules.check() };
};

test('the only owner neither leaves nor takes a lesser role', () => {
  expect(() => requireOwnerRemains({ role: 'owner' }, undefined, 1)).toThrow(LastOwner);
  expect(() => requireOwnerRemains({ role: 'owner' }, 'manager', 1)).toThrow(LastOwner);
  expect(() => requireOwnerRemains({ role: 'owner' }, 'owner', 1)).not.toThrow();
  expect(() => requireOwnerRemains({ role: 'owner' }, undefined, 2)).not.toThrow();
});

test('others leave and change as they like', () => {
  for (const role of ['manager', 'cashier'] as const) {
    for (const next of [undefined, ...roles]) {
      expect(() => requireOwnerRemains({ role }, next, 1)).not.toThrow();
    }
  }
});

test('stores left out mean all of them, present and future', () => {
  expect(reading((rules) => readWorkplace(rules, 'cashier', undefined)).value).toBe('all');
});

test('an empty list of stores is refused: it could be read as all or as none', () => {
  expect(reading((rules) => readWorkplace(rules, 'cashier', [])).check).toThrow(/storeIds/);
});

test('an owner works in all stores', () => {
  expect(reading((rules) => readWorkplace(rules, 'owner', ['sto_1'])).check).toThrow(/owner/);
  expect(reading((rules) => readWorkplace(rules, 'manager', ['sto_1'])).check).not.toThrow();
});

test('the order of stores, and a store named twice, make no other input', () => {
  const { value } = reading((rules) => readWorkplace(rules, 'cashier', ['sto_b', 'sto_a', 'sto_b']));
  expect(value).toEqual(['sto_a', 'sto_b']);
});

test('two logins are never written as the same text', () => {
  const refused = reading((rules) => readLogin(rules, 'owner.login', { issuer: 'https://id|x', subject: 'y' }));
  expect(refused.check).toThrow(/owner\.login\.issuer: must not contain a bar/);
});
