import { setUpInstallation } from './src/installation/set-up.ts';

// What must be done once before processes start that nobody supervises: in containers, and before each new version of them.
try {
  await setUpInstallation(process.env);
  console.log('The installation is set up: keys, passwords, schemas, roles and migrations.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
