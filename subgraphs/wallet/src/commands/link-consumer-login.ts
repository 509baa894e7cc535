import { constraintName, withTransaction } from '@localplus/postgres';
import { IdempotencyKeyReused, LoginAlreadyLinked, UnknownConsumer } from '../domain/refusals.ts';
import type { Database } from '../store/connection.ts';
import { addLogin, findLinkedLogins, type LinkedLogin } from '../store/consumer-rows.ts';

/**
 * Links a login (issuer and subject of a verified token) to a consumer (a UUID). A login that is linked to this consumer
 * already counts as done.
 * @returns whether an earlier command did it
 * @throws UnknownConsumer, LoginAlreadyLinked, IdempotencyKeyReused
 */
export async function linkConsumerLogin(pool: Database, login: LinkedLogin): Promise<{ isReplay: boolean }> {
  return withTransaction(pool, async (sql) => {
    const isNew = await addLogin(sql, login).catch((error: unknown) => {
      throw constraintName(error) === 'consumer_logins_consumer_id_fkey' ? new UnknownConsumer() : error;
    });
    if (!isNew) judge(login, await findLinkedLogins(sql, login));
    return { isReplay: !isNew };
  });
}

function judge(wanted: LinkedLogin, existing: LinkedLogin[]): void {
  const isWanted = ({ issuer, subject }: LinkedLogin) => issuer === wanted.issuer && subject === wanted.subject;
  const isUsedKey = existing.some((login) => {
    const isSame = isWanted(login) && login.consumerId === wanted.consumerId;
    return login.idempotencyKey === wanted.idempotencyKey && !isSame;
  });
  if (isUsedKey) throw new IdempotencyKeyReused();
  if (existing.some((login) => isWanted(login) && login.consumerId !== wanted.consumerId))
    throw new LoginAlreadyLinked();
}
