import { openJobOffice } from '@localplus/ledger/jobs';
import { createLogger } from '@localplus/logging';
import { readSettings } from './src/installation/settings.ts';
import { readJobCommand } from './src/jobs/options.ts';
import { runJobCommand } from './src/jobs/run-job-command.ts';
import { withDatabaseOf } from './src/verify/database-of.ts';

try {
  const command = readJobCommand(process.argv.slice(2));
  const logger = createLogger('jobs').child({}, { level: 'error' });
  await withDatabaseOf(readSettings(process.env), logger, async ({ url }) => {
    const office = await openJobOffice(url('ledger'));
    try {
      await runJobCommand(office, command, (text) => console.log(text));
    } finally {
      await office.close();
    }
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
