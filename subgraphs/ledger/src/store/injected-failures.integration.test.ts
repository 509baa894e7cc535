import { createPool } from '@localplus/postgres';
import { createTestDatabase } from '@localplus/test-database';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyCut, openCuttingProxy } from '../../test/cutting-proxy.ts';
import { everyCommand, type ReadyCommand } from '../../test/every-command.ts';
import { findFaults } from '../../test/invariants.ts';
import { type HouseMerchant, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { PostingWriter, writerSlots } from './posting-writer.ts';

/** How long the writer's connections wait for a lock. */
const lockTimeoutSeconds = 2;

let house: LedgerHouse;
let merchant: HouseMerchant;
let administrator: pg.Client;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  merchant = await house.addMerchant();
  administrator = new pg.Client({ connectionString: house.database.adminConnectionString });
  await administrator.connect();
  // A sequence keeps its number when a transaction fails: it tells the first attempt from the second.
  await administrator.query(`
    CREATE SEQUENCE ledger.attempt;
    GRANT ALL ON SEQUENCE ledger.attempt TO PUBLIC;
    CREATE FUNCTION ledger.fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF nextval('ledger.attempt') = 1 THEN
        EXECUTE format('DO $do$ BEGIN RAISE EXCEPTION ''injected'' USING ERRCODE = %L; END $do$', TG_ARGV[0]);
      END IF;
      RETURN NULL;
    END
    $$`);
});

afterAll(async () => {
  expect(await findFaults(house.pool)).toEqual([]);
  await administrator.end();
  await house.close();
});

function openWriter(connectionString: string) {
  const pool = createPool({ connectionString, name: 'ledger failing writer', max: writerSlots, isPipelined: true });
  const batch = { ...house.batch, pool };
  return {
    pool,
    writer: new PostingWriter({ batch, wakeOutbox: () => undefined, tellWallet: async () => 'CURRENT' }),
  };
}

/** What must hold of a command that was answered: it is there once, and stays so when it comes again. */
async function expectPostedOnce(writer: PostingWriter, { request, holderId, raises }: ReadyCommand, before: bigint) {
  const after = await house.stateOf(holderId);
  expect(after.version).toBe(before + raises);
  const again = await writer.post(request);
  expect(again.status).toBe(request.key === undefined ? 'DONE' : 'REPLAYED');
  expect(await house.stateOf(holderId)).toEqual(after);
}

const places = {
  'when the write begins': 'AFTER UPDATE ON ledger.holder FOR EACH ROW',
  'when the write ends': 'AFTER UPDATE ON ledger.account FOR EACH ROW',
  'at COMMIT': 'AFTER INSERT ON ledger.balance_change DEFERRABLE INITIALLY DEFERRED FOR EACH ROW',
};

describe.each(Object.entries(places))('a refusal of PostgreSQL %s', (place, when) => {
  test.each(['40001', '40P01', '55P03'])('(%s) of any command: answered once, applied once', async (state) => {
    const kind = place === 'at COMMIT' ? 'CONSTRAINT TRIGGER' : 'TRIGGER';
    const { pool, writer } = openWriter(house.database.connectionString('ledger'));
    for (const prepare of Object.values(everyCommand)) {
      const ready = await prepare(house, merchant);
      const { version } = await house.stateOf(ready.holderId);
      await administrator.query(`ALTER SEQUENCE ledger.attempt RESTART;
        CREATE ${kind} fail_once ${when} EXECUTE FUNCTION ledger.fail_once('${state}')`);
      const written = await writer.post(ready.request);
      const { rows } = await administrator.query(`SELECT last_value::integer AS attempts FROM ledger.attempt`);
      const table = when.match(/ON (\S+)/)?.[1];
      await administrator.query(`DROP TRIGGER fail_once ON ${table}`);
      expect(written.status).toBe('DONE');
      expect(rows[0].attempts).toBeGreaterThan(1);
      await expectPostedOnce(writer, ready, version);
    }
    await pool.end();
  });
});

test('a lock that is not given in time (55P03), of any command: answered once, applied once', async () => {
  const { pool, writer } = openWriter(house.database.connectionString('ledger'));
  const ready: ReadyCommand[] = [];
  for (const prepare of Object.values(everyCommand)) ready.push(await prepare(house, merchant));
  const before = await Promise.all(ready.map(({ holderId }) => house.stateOf(holderId)));
  await administrator.query('BEGIN');
  const { rows: locked } = await administrator.query<{ at: Date }>(
    'SELECT now() AS at FROM ledger.holder WHERE id = ANY ($1) FOR UPDATE',
    [ready.map(({ holderId }) => holderId)],
  );
  const answers = writer.postAll(
    ready.map(({ request }) => request),
    { isAtomic: false },
  );
  await waitUntil(async () => {
    const { rowCount } = await house.pool.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'ledger failing writer' AND wait_event_type = 'Lock'
         AND datname = current_database() AND xact_start > $1::timestamptz + make_interval(secs => $2)`,
      [locked[0]?.at.toISOString(), lockTimeoutSeconds],
    );
    return (rowCount ?? 0) > 0;
  }, 'the first attempt was refused its lock and another one waits for it');
  await administrator.query('ROLLBACK');
  expect((await answers).map(({ status }) => status)).toEqual(ready.map(() => 'DONE'));
  for (const [index, each] of ready.entries()) await expectPostedOnce(writer, each, before[index]!.version);
  await pool.end();
});

describe.each(everyCut)('a connection that is lost %s', (where) => {
  test('of any command: answered once, applied once', async () => {
    const lose = async (prepare: (typeof everyCommand)['EARN']) => {
      const proxy = await openCuttingProxy(house.database.connectionString('ledger'));
      const { pool, writer } = openWriter(proxy.connectionString);
      const ready = await prepare(house, merchant);
      const { version } = await house.stateOf(ready.holderId);
      proxy.cut(where);
      const written = await writer.post(ready.request);
      const isFoundDone = where === 'after COMMIT' && ready.request.key !== undefined;
      expect(written.status).toBe(isFoundDone ? 'REPLAYED' : 'DONE');
      expect(proxy.cuts).toBe(1);
      await expectPostedOnce(writer, ready, version);
      await pool.end();
      await proxy.close();
    };
    await Promise.all(Object.values(everyCommand).map(lose));
  });
});
