import { parseArgs } from 'node:util';
import { refresh } from './src/generation/generated-part.ts';
import { generatedParts } from './src/generation/parts.ts';

const { values } = parseArgs({ options: { force: { type: 'boolean', default: false } } });

const outcomes = await Promise.allSettled(
  generatedParts().map(async (part) => {
    const durationMs = await refresh(part, values);
    if (durationMs !== undefined) console.error(`Generated: ${part.name} (${(durationMs / 1_000).toFixed(1)} s)`);
  }),
);
const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
for (const failure of failures)
  console.error(failure.reason instanceof Error ? failure.reason.message : failure.reason);
if (failures.length > 0) process.exitCode = 1;
