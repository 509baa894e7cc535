import { createLogger } from '@localplus/logging';
import { startScheduledWork } from '../src/store/scheduled-work/scheduled-work.ts';
import { openLedgerHouse } from './ledger-house.ts';

// A process that does nothing but scheduled work, to be killed. Its database is the first parameter.
const connectionString = process.argv[2] ?? '';
const house = await openLedgerHouse({
  connectionString: () => connectionString,
  adminConnectionString: connectionString,
  drop: async () => undefined,
});
const { findHolder } = house.commands;
const { newId } = house.batch;
const logger = createLogger('worker').child({}, { level: 'fatal' });
await startScheduledWork({ connectionString, logger, sql: house.pool, findHolder, newId, writer: house.writer });
