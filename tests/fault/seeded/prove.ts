import { join } from 'node:path';
import { describeMachine, writeBetweenMarkers } from '../../load/report.ts';
import { recordProof } from '../reliability-report.ts';
import type { SeededFault } from './seeded-fault.ts';
import { seededFaults } from './seeded-faults.ts';
import { WorkspaceCopy } from './workspace-copy.ts';

// Puts one bug after another into a copy of the workspace and demands of each that a test fails.

const page = join(import.meta.dirname, '../../../docs/seeded-faults.md');

/** @throws Error when the tests fail without any fault: then their failing shows nothing */
async function demandSoundness(copy: WorkspaceCopy): Promise<void> {
  for (const [file, { caughtBy }] of new Map(seededFaults.map((fault) => [fault.caughtBy.file, fault]))) {
    const { failed, count } = await copy.run(caughtBy);
    if (failed.length > 0) throw new Error(`Without any fault ${file} fails: ${failed.join('; ')}`);
    if (count === 0) throw new Error(`${file} has no test.`);
    console.info(`sound: ${file}, ${count} tests`);
  }
}

async function proveEach(copy: WorkspaceCopy): Promise<Map<SeededFault, string>> {
  const caught = new Map<SeededFault, string>();
  for (const [index, fault] of seededFaults.entries()) {
    const { failed } = await copy.runWith(fault);
    const wanted = failed.find((name) => name.includes(fault.caughtBy.test));
    if (wanted !== undefined) caught.set(fault, wanted);
    const others = failed.length === 0 ? 'no test failed' : `only ${failed.join('; ')}`;
    console.info(`[${index + 1}/${seededFaults.length}] ${fault.name}: ${wanted ?? `NOT CAUGHT, ${others}`}`);
  }
  return caught;
}

async function writeTable(caught: ReadonlyMap<SeededFault, string>): Promise<void> {
  const rows = [...caught].map(([{ name, defect, seenAs = '', file, caughtBy }, by]) => {
    const test = `${by.replaceAll('|', '\\|')} (\`${caughtBy.file}\`)`;
    return `| ${name} | ${defect} | ${seenAs} | \`${file}\` | ${test} |`;
  });
  const header = ['| fault | what goes wrong | seen as | spoilt file | caught by |', '| --- | --- | --- | --- | --- |'];
  const text = [`Measured on ${describeMachine()}.`, '', ...header, ...rows].join('\n');
  await writeBetweenMarkers(page, 'test:fault seeded', text);
}

const copy = WorkspaceCopy.make();
try {
  await demandSoundness(copy);
  const caught = await proveEach(copy);
  if (caught.size < seededFaults.length) {
    const missed = seededFaults.filter((fault) => !caught.has(fault)).map(({ name }) => name);
    throw new Error(`No test caught: ${missed.join(', ')}`);
  }
  recordProof({
    id: 'seeded faults',
    promise: 'Bugs that real ledgers had do not go unseen: each, put into a copy of the code, makes a test fail',
    size: `${seededFaults.length} faults, one after another`,
    result: `${caught.size} caught; by which test each: [seeded-faults.md](seeded-faults.md)`,
    command: 'pnpm test:fault -- seeded',
  });
  await writeTable(caught);
} finally {
  copy.remove();
}
