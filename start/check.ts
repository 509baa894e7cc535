import { type CheckStep, checkSteps } from './src/checks/steps.ts';

/** Two cores are what a small machine has; more steps at once would only slow each other down. */
const stepsAtOnce = 2;

const startedAt = performance.now();
const seconds = (durationMs: number) => `${(durationMs / 1_000).toFixed(1)} s`;
const failed: CheckStep[] = [];
const waiting = [...checkSteps];

async function work(): Promise<void> {
  for (let step = waiting.shift(); step; step = waiting.shift()) {
    const { exitCode, output, durationMs } = await step.run();
    console.log(`${exitCode === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds(durationMs)})`);
    if (exitCode === 0) continue;
    failed.push(step);
    console.log(`${output.replaceAll(/^/gm, '       ')}\n`);
  }
}
await Promise.all(Array.from({ length: stepsAtOnce }, work));

console.log(
  `${checkSteps.length - failed.length} of ${checkSteps.length} checks hold (${seconds(performance.now() - startedAt)})`,
);
for (const { name, remedy } of failed) console.log(`FAILED ${name}${remedy ? `: "${remedy}" may mend it` : ''}`);
if (failed.length > 0) process.exitCode = 1;
