import { newId, toUuid } from '@localplus/identifiers';
import { createPool } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdempotencyKeyReused, LoginAlreadyLinked, UnknownConsumer } from '../domain/refusals.ts';
import type { Database } from '../store/connection.ts';
import { consumerOfLogin, findOrAddConsumer } from '../store/consumer-rows.ts';
import { linkConsumerLogin } from './link-consumer-login.ts';

const issuer = 'https://login.example.fr';
let database: TestDatabase;
let pool: Database;
let consumerId: string;
let otherConsumerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.connectionString('wallet'), name: 'wallet-test', max: 10 });
  const add = (email: string) =>
    findOrAddConsumer(pool, toUuid(newId('con'), 'con'), { givenName: 'A', email, phone: undefined, locale: 'fr' });
  consumerId = await add('a@example.fr');
  otherConsumerId = await add('b@example.fr');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const login = (subject: string, idempotencyKey = newId('evt')) => ({ issuer, subject, consumerId, idempotencyKey });

test('a linked login is its consumer, by issuer and subject together', async () => {
  expect(await linkConsumerLogin(pool, login('sub-1'))).toEqual({ isReplay: false });
  expect(await consumerOfLogin(pool, issuer, 'sub-1')).toBe(consumerId);
  expect(await consumerOfLogin(pool, 'https://other.example.fr', 'sub-1')).toBeUndefined();
});

test('linking again is a replay, with the same key and with another', async () => {
  const first = login('sub-2');
  await linkConsumerLogin(pool, first);
  expect(await linkConsumerLogin(pool, first)).toEqual({ isReplay: true });
  expect(await linkConsumerLogin(pool, login('sub-2'))).toEqual({ isReplay: true });
});

test('20 at once link once', async () => {
  const wanted = login('sub-3');
  const answers = await Promise.all(Array.from({ length: 20 }, () => linkConsumerLogin(pool, wanted)));
  expect(answers.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
});

test('a login cannot be taken from its consumer', async () => {
  await linkConsumerLogin(pool, login('sub-4'));
  await expect(linkConsumerLogin(pool, { ...login('sub-4'), consumerId: otherConsumerId })).rejects.toThrow(
    LoginAlreadyLinked,
  );
  expect(await consumerOfLogin(pool, issuer, 'sub-4')).toBe(consumerId);
});

test('a key that linked another login is refused', async () => {
  await linkConsumerLogin(pool, login('sub-5', 'key-5'));
  await expect(linkConsumerLogin(pool, login('sub-6', 'key-5'))).rejects.toThrow(IdempotencyKeyReused);
  expect(await consumerOfLogin(pool, issuer, 'sub-6')).toBeUndefined();
});

test('an unknown consumer is refused', async () => {
  await expect(linkConsumerLogin(pool, { ...login('sub-7'), consumerId: toUuid(newId('con'), 'con') })).rejects.toThrow(
    UnknownConsumer,
  );
});
