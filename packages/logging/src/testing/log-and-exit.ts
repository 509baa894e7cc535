import { createLogger } from '../index.ts';

/** What a process does that is asked to end: it logs, and exits in the same turn. */
const linesMax = 200;

process.stdin.once('data', () => {
  const logger = createLogger('orphan');
  for (let line = 0; line < linesMax; line += 1) logger.warn({ line }, 'nobody reads this any more');
  process.exit(0);
});
process.stdout.write('ready\n');
