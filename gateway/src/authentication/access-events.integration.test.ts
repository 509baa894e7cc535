import { ACCESS_CHANGED, type AccessChanged, cloudEventHeaders, type EventBus } from '@localplus/event-bus';
import { createPostgresEventBus } from '@localplus/event-bus/postgres';
import { loginPseudonym, loginSubject } from '@localplus/identity';
import { createLogger } from '@localplus/logging';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { open, send, until } from '../testing/client.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';

let database: TestDatabase;
let merchant: EventBus;
let system: TestGateway;

beforeAll(async () => {
  database = await createTestDatabase();
  const connectionString = database.connectionString('bus');
  const logger = createLogger('merchant', { write: () => undefined });
  merchant = await createPostgresEventBus({ connectionString, name: 'merchant', logger, validateOnPublish: true });
  system = await startTestGateway({ EVENT_BUS: 'postgres', EVENT_BUS_DATABASE_URL: connectionString });
});
afterAll(async () => {
  await system?.stop();
  await merchant?.close();
  await database?.drop();
});

const merchantId = 'mer_01h455vb4pex5vsknk084sn02q';
const partnerId = 'prt_01h455vb4pex5vsknk084sn02q';

function publish(changed: { loginPseudonym: string } | { partnerId: string }): Promise<void> {
  const value: AccessChanged = { merchantId, reason: 'ACCESS_CHANGED', ...changed };
  const headers = cloudEventHeaders({
    id: 'evt_01h455vb4pex5vsknk084sn02q',
    type: ACCESS_CHANGED,
    source: 'merchant',
    time: new Date(),
    aggregateVersion: 1n,
  });
  return merchant.publish([{ topic: ACCESS_CHANGED, key: merchantId, value, headers }]);
}
const callerOf = async (token: string) => String((await send(system.url, token, '{ caller }')).data?.caller);
const watch = (token: string) =>
  open(system.webSocketUrl, token, 'subscription { balanceChanged(walletId: "wal_1") { version } }');

test('a role that was taken away ends at once, also for what is being watched', async () => {
  const token = await system.provider.token('camille');
  const other = watch(await system.provider.token('alice'));
  const own = watch(token);
  expect(await callerOf(token)).toContain('cashier');
  await until(() => own.events.length + other.events.length === 2, 'both watch');

  system.callers.staff.delete('camille');
  const subject = loginSubject({ issuer: system.provider.issuer, subject: 'camille' });
  await publish({ loginPseudonym: loginPseudonym(subject) });
  await until(() => own.ended.length > 0, 'the subscription ends');
  expect(own.code()).toBe('SUBSCRIPTION_ACCESS_CHANGED');
  expect(await callerOf(token)).not.toContain('cashier');
  expect(other.ended).toEqual([]);
  await Promise.all([own.close(), other.close()]);
});

test('a key that was withdrawn ends at once', async () => {
  system.callers.partners.set('lpk_till', { partnerId, merchantId, scopes: [] });
  expect(await callerOf('lpk_till')).toContain(partnerId);
  system.callers.partners.delete('lpk_till');
  await publish({ partnerId });
  await expect
    .poll(async () => (await send(system.url, 'lpk_till', '{ caller }')).errors?.[0]?.extensions.code)
    .toBe('UNAUTHENTICATED');
});
