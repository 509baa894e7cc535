// Sums up vitest's own reports in one line: node .ci/count-tests.mjs <report.json> …
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';

const files = process.argv.slice(2);
const missing = files.filter((file) => !existsSync(file));
if (missing.length > 0) {
  process.stderr.write('A suite of tests ended without a report: there is no count.\n');
  process.exit(0);
}
let passed = 0;
let failed = 0;
for (const file of files) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  // A file that cannot even be loaded has no tests of its own that could fail.
  const broken = report.testResults.filter((it) => it.status === 'failed' && it.assertionResults.length === 0).length;
  failed += report.numFailedTests + broken;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
