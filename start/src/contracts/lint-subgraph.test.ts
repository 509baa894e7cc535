import { expect, test } from 'vitest';
import { lintSubgraph } from './lint-subgraph.ts';

const lintLedger = (sdl: string) => lintSubgraph({ name: 'ledger', sdl });

test('a field into another subgraph may not be non-null', () => {
  const sdl = (type: string) => `
    type Wallet @key(fields: "id") { id: ID! }
    type EarnPointsSuccess { wallet: ${type} }
  `;
  expect(lintLedger(sdl('Wallet'))).toEqual([]);
  expect(lintLedger(sdl('[Wallet!]'))).toEqual([]);
  expect(lintLedger(sdl('Wallet!'))).toEqual([expect.stringContaining('EarnPointsSuccess.wallet leads into another')]);
  expect(lintLedger(sdl('[Wallet]!'))).toHaveLength(1);
});

test('a field into a union of another subgraph’s entities may not be non-null', () => {
  const sdl = 'type Wallet @key(fields: "id") { id: ID! } union Holder = Wallet type Change { holder: Holder! }';
  expect(lintLedger(sdl)).toEqual([expect.stringContaining('Change.holder')]);
});

test('a field that is added to another subgraph’s entity may not be non-null', () => {
  const sdl = 'type Merchant @key(fields: "id") { id: ID! trialBalance: [Int!]! name: String! @external }';
  expect(lintLedger(sdl)).toEqual([expect.stringContaining('Merchant.trialBalance')]);
});

test('a subgraph’s own fields may be non-null', () => {
  expect(lintLedger('type Posting @key(fields: "id") { id: ID! amount: Int! }')).toEqual([]);
});

test('no root field of the query may be non-null, but for those of federation', () => {
  const sdl = 'type Query { _service: Int! ping: Int! pong: Int } type Mutation { earn: Int! }';
  expect(lintLedger(sdl)).toEqual([expect.stringContaining('Query.ping')]);
});

test('@requires takes no arguments', () => {
  const sdl = 'type Wallet @key(fields: "id") { id: ID! tier: Int @requires(fields: "balance(asset: 1)") }';
  expect(lintLedger(sdl)).toEqual([expect.stringContaining('@requires with an argument')]);
});

test('every entity has an owner and the key id', () => {
  expect(lintLedger('type Coupon @key(fields: "code") { code: ID! }')).toEqual([
    'ledger: Coupon has no owner in entity-owners.ts',
    'ledger: Coupon has another key than "id"',
  ]);
});
