import { processorTimeMs, processTree } from '../e2e/platform/processes.ts';
import type { Platform } from '../e2e/platform/start-platform.ts';

/** Processor time of each part of the platform since some moment, in milliseconds by name. */
export type ProcessorUse = Map<string, number>;

const loadGenerator = 'load generator';

function readNow(platform: Platform): ProcessorUse {
  const use = new Map(
    platform.run().processes.map(({ name, pid }) => [
      name,
      // PostgreSQL is a family: one process for each connection.
      processTree(pid).reduce((sum, member) => sum + processorTimeMs(member), 0),
    ]),
  );
  return use.set(loadGenerator, processorTimeMs(process.pid));
}

/** Starts measuring; the function returned tells what was used since. */
export function measureProcessorUse(platform: Platform): () => ProcessorUse {
  const before = readNow(platform);
  return () => new Map([...readNow(platform)].map(([name, time]) => [name, time - (before.get(name) ?? 0)]));
}
