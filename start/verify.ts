import { createLogger } from '@localplus/logging';
import { readSettings } from './src/installation/settings.ts';
import { withDatabaseOf } from './src/verify/database-of.ts';
import { verifyInstallation } from './src/verify/verify-installation.ts';

try {
  const logger = createLogger('verify').child({}, { level: 'error' });
  const isSound = await withDatabaseOf(readSettings(process.env), logger, ({ url }) =>
    verifyInstallation({ ledgerUrl: url('ledger'), walletUrl: url('wallet') }, (text) => console.log(text)),
  );
  if (!isSound) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
