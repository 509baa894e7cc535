import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { seed } from './proof-plan.ts';
import { type FullSizeProof, fullSizeProofs } from './proofs.ts';

const checkout = join(import.meta.dirname, '../..');
const millisecondsPerMinute = 60_000;

/** The proofs that the command line names; all of them when it names none. Ends the process when there is no such proof. */
function chosenProofs(names: readonly string[]): readonly FullSizeProof[] {
  const unknown = names.filter((name) => !fullSizeProofs.some((proof) => proof.name === name));
  if (unknown.length > 0) {
    const known = fullSizeProofs.map(({ name }) => name).join(', ');
    process.stderr.write(`No proof is named ${unknown.join(', ')}; there are ${known}.\n`);
    process.exit(1);
  }
  return names.length === 0 ? fullSizeProofs : fullSizeProofs.filter(({ name }) => names.includes(name));
}

/** Runs one proof at full size. Returns whether it holds. */
async function holds({ runs, environment = {} }: FullSizeProof): Promise<boolean> {
  const sizes = { LOCALPLUS_FAULT_SIZE: 'full', LOCALPLUS_RELIABILITY_REPORT: 'true', LOCALPLUS_FAULT_SEED: `${seed}` };
  for (const parameters of runs) {
    const child = spawn(process.execPath, parameters, {
      cwd: checkout,
      stdio: 'inherit',
      env: { ...environment, ...process.env, ...sizes },
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) return false;
  }
  return true;
}

const proofs = chosenProofs(process.argv.slice(2).filter((argument) => argument !== '--'));
console.info(
  `${proofs.length} proofs at full size, one after another; LOCALPLUS_FAULT_SEED=${seed} brings this run again.`,
);
const failed: string[] = [];
for (const [index, proof] of proofs.entries()) {
  console.info(`\n[${index + 1}/${proofs.length}] ${proof.name}: ${proof.proves}`);
  const startedAt = performance.now();
  const isProved = await holds(proof);
  const minutes = ((performance.now() - startedAt) / millisecondsPerMinute).toFixed(1);
  console.info(`[${index + 1}/${proofs.length}] ${proof.name} ${isProved ? 'holds' : 'FAILED'} after ${minutes} min.`);
  if (!isProved) failed.push(proof.name);
}
console.info(failed.length === 0 ? '\nAll hold.' : `\nFailed: ${failed.join(', ')}. The seed was ${seed}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
