import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkoutFolder } from './src/checkout/paths.ts';
import { contractFaults, releaseContracts } from './src/contracts/released.ts';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((parameter) => parameter !== '--'),
  options: { 'accept-breaking': { type: 'boolean', default: false } },
});

// The only writer of schema/released: what stands there is what clients and stored events count on.
const faults = existsSync(join(checkoutFolder, 'schema/released')) ? await contractFaults() : [];
for (const fault of faults) console.log(fault);
if (faults.length > 0 && !values['accept-breaking']) {
  console.log('Nothing was released. Who has made sure that nobody counts on this any more adds: -- --accept-breaking');
  process.exitCode = 1;
} else {
  await releaseContracts();
  console.log('Released: schema/released holds the contracts of now.');
}
