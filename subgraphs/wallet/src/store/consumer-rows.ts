import type { PersonalData } from '../domain/personal-data.ts';
import type { Sql } from './connection.ts';
import { readStatement } from './read-statement.ts';

const insertConsumer = readStatement('insert-consumer');
const findConsumer = readStatement('find-consumer');
const insertLogin = readStatement('insert-login');
const findLogins = readStatement('find-logins');
const findConsumerOfLogin = readStatement('find-consumer-of-login');

/** A login that was linked to a consumer. */
export interface LinkedLogin {
  issuer: string;
  subject: string;
  consumerId: string;
  idempotencyKey: string;
}

/**
 * Finds the consumer who has the address or, failing that, the number; makes one where there is none. What is stored of a
 * known consumer stays as it is: an enrollment is no proof that its contacts are the person's own.
 * @param newId UUID for a new consumer
 * @returns UUID of the consumer
 */
export async function findOrAddConsumer(sql: Sql, newId: string, person: PersonalData): Promise<string> {
  const { givenName, email, phone, locale } = person;
  await sql.query({ ...insertConsumer, values: [newId, givenName, email, phone, locale] }).catch((error: unknown) => {
    // PostgreSQL's error quotes the row it refused; behind a cause, that detail stays out of the log.
    throw new Error('a consumer could not be stored', { cause: error });
  });
  const { rows } = await sql.query<{ id: string }>({ ...findConsumer, values: [email, phone] });
  if (!rows[0]) throw new Error('a consumer is neither new nor known');
  return rows[0].id;
}

/** Links a login unless it or its key is there already. Fails on `consumer_logins_consumer_id_fkey` without the consumer. */
export async function addLogin(
  sql: Sql,
  { issuer, subject, consumerId, idempotencyKey }: LinkedLogin,
): Promise<boolean> {
  const { rowCount } = await sql.query({ ...insertLogin, values: [issuer, subject, consumerId, idempotencyKey] });
  return rowCount === 1;
}

/** Finds the login itself, and the one that was linked by the key. */
export async function findLinkedLogins(
  sql: Sql,
  { issuer, subject, idempotencyKey }: Omit<LinkedLogin, 'consumerId'>,
): Promise<LinkedLogin[]> {
  const { rows } = await sql.query<{ issuer: string; subject: string; consumer_id: string; idempotency_key: string }>({
    ...findLogins,
    values: [issuer, subject, idempotencyKey],
  });
  return rows.map(({ consumer_id, idempotency_key, ...login }) => {
    return { ...login, consumerId: consumer_id, idempotencyKey: idempotency_key };
  });
}

/** UUID of the consumer whom a login is linked to; undefined where it is linked to nobody. */
export async function consumerOfLogin(sql: Sql, issuer: string, subject: string): Promise<string | undefined> {
  const { rows } = await sql.query<{ consumer_id: string }>({ ...findConsumerOfLogin, values: [issuer, subject] });
  return rows[0]?.consumer_id;
}
