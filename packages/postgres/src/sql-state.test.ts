import { expect, test } from 'vitest';

import { constraintName, sqlState } from './sql-state.ts';

function failure(message: string, fields: object): Error {
  return Object.assign(new Error(message), fields);
}

/** The shapes that pg 8.23 and Prisma 7.10 with its pg adapter throw. */
const fromPg = failure('duplicate key', { code: '23505', constraint: 'wallets_pkey' });
const fromPrismaModel = failure('Unique constraint failed', {
  name: 'PrismaClientKnownRequestError',
  code: 'P2002',
  meta: {
    modelName: 'Wallet',
    driverAdapterError: failure('UniqueConstraintViolation', {
      cause: {
        originalCode: '23505',
        originalMessage: 'duplicate key value violates unique constraint "wallets_pkey"',
        kind: 'UniqueConstraintViolation',
        constraint: { fields: ['id'] },
      },
    }),
  },
});
const fromPrismaForeignKey = failure('Foreign key constraint failed', {
  code: 'P2003',
  meta: {
    driverAdapterError: failure('ForeignKeyConstraintViolation', {
      cause: {
        originalCode: '23503',
        kind: 'ForeignKeyConstraintViolation',
        constraint: { index: 'wallets_consumer_fk' },
      },
    }),
  },
});

test.each([
  ['pg', fromPg, '23505'],
  ['pg, wrapped by us', new Error('cannot enrol', { cause: fromPg }), '23505'],
  ['Prisma, a model', fromPrismaModel, '23505'],
  ['Prisma, a raw query', failure('Raw query failed', { code: 'P2010', meta: { code: '40001' } }), '40001'],
  ['a refusal raised by a function', failure('refused', { code: 'P0001' }), 'P0001'],
])('the SQLSTATE is found in an error of %s', (_, error, state) => {
  expect(sqlState(error)).toBe(state);
});

test.each([
  ['a Node error with a code of five letters', failure('broken pipe', { code: 'EPIPE' })],
  ["one of Prisma's own codes", failure('not found', { code: 'P2025' })],
  ['no error at all', undefined],
  ['a text', 'failed'],
])('%s is no SQLSTATE', (_, error) => {
  expect(sqlState(error)).toBeUndefined();
});

test('an error that is its own cause is searched once', () => {
  const ring = failure('ring', {});
  ring.cause = ring;
  expect(sqlState(ring)).toBeUndefined();
});

test.each([
  ['pg', fromPg, 'wallets_pkey'],
  ['Prisma, a unique constraint', fromPrismaModel, 'wallets_pkey'],
  ['Prisma, a foreign key', fromPrismaForeignKey, 'wallets_consumer_fk'],
])('the constraint is found in an error of %s', (_, error, name) => {
  expect(constraintName(error)).toBe(name);
});

test('an error without a constraint names none', () => {
  expect(constraintName(failure('deadlock detected', { code: '40P01' }))).toBeUndefined();
});
