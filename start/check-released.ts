import { contractFaults } from './src/contracts/released.ts';

const faults = await contractFaults();
for (const fault of faults) console.log(fault);
if (faults.length > 0) {
  console.log(
    'What was released is in use: add beside it and deprecate, or begin a new version (for an event, a topic that ends in .v2).',
  );
  process.exitCode = 1;
}
