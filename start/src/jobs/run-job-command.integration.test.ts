import { openJobOffice } from '@localplus/ledger/jobs';
import { withAdminConnection } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJobCommand } from './options.ts';
import { runJobCommand } from './run-job-command.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function operate(...parameters: string[]): Promise<string> {
  const office = await openJobOffice(database.connectionString('ledger'));
  const lines: string[] = [];
  try {
    await runJobCommand(office, readJobCommand(parameters), (text) => void lines.push(text));
    return lines.join('\n');
  } finally {
    await office.close();
  }
}

test('an operator sees what waits and what was given up, and has it done again', async () => {
  expect(await operate('list')).toMatch(
    /Something is due for 0 holders\.\nforget-keys .*\nsettle-due .*\nsettle-holder .*\nNo job has failed\./,
  );
  await withAdminConnection(database.adminConnectionString, (client) =>
    client.query(
      `INSERT INTO ledger_jobs.job (id, name, data, state, retry_count, retry_limit, policy, singleton_key, output)
       VALUES ('01936b1e-0000-7000-8000-000000000001', 'settle-holder', '{"holderId": "x"}', 'failed', 2, 2, 'exclusive', 'x', '{"message": "broken"}')`,
    ),
  );
  const id = '01936b1e-0000-7000-8000-000000000001';
  expect(await operate('list')).toMatch(
    new RegExp(`settle-holder  waiting 0, active 0, failed 1.*\n.*\n${id} .*failed 3 times, given up`),
  );
  expect(await operate('show', id)).toContain('"message": "broken"');
  expect(await operate('retry', id)).toBe('1 of 1 will be done again by the next process that is free.');
  expect(await operate('list')).toMatch(/settle-holder {2}waiting 1, active 0, failed 0/);
  await expect(operate('retry', id)).rejects.toThrow('There is no such job that failed');
});
