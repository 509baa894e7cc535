import { expect, test } from 'vitest';
import { graphFaults } from './graph-compatibility.ts';

const released = `
  directive @key(fields: String!) on OBJECT
  type Query { wallet(id: ID!): Wallet }
  type Wallet @key(fields: "id") { id: ID! version: String! points: Int }
  input Earn { walletId: ID! }`;

test.each([
  ['a removed field', released.replace(' points: Int', ''), 'Wallet.points was removed'],
  [
    'a field that may be null now',
    released.replace('version: String!', 'version: String'),
    'Wallet.version changed type',
  ],
  ['an argument that is demanded', released.replace('(id: ID!)', '(id: ID!, at: String!)'), 'A required arg at'],
  [
    'an input that is demanded',
    released.replace('walletId: ID!', 'walletId: ID!, key: String!'),
    'A required field key',
  ],
])('%s breaks a release', (_what, now, fault) => {
  expect(graphFaults(released, now, 'wallet').join('; ')).toContain(fault);
});

test('a field, a type and an input that nobody has to give may be added', () => {
  const now = released
    .replace('points: Int', 'points: Int lots: [Lot]')
    .replace('walletId: ID!', 'walletId: ID!, at: String');
  expect(graphFaults(released, `${now} type Lot { id: ID! }`, 'wallet')).toEqual([]);
});
