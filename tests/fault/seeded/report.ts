import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const page = join(import.meta.dirname, '../../../docs/seeded-faults.md');
const begin = '<!-- faults: written by `pnpm test:fault -- seeded`, do not edit -->';

/** A fault, and the test that failed because of it. */
export interface CaughtFault {
  bug: string;
  file: string;
  test: string;
}

/** Rewrites the table of docs/seeded-faults.md, where a run at full size asks for it. */
export function recordCaughtFaults(faults: readonly CaughtFault[]): void {
  if (process.env.LOCALPLUS_RELIABILITY_REPORT !== 'true') return;
  const document = readFileSync(page, 'utf8');
  const at = document.indexOf(begin);
  if (at < 0) throw new Error(`${page} has no place "${begin}".`);
  const rows = faults.map(({ bug, file, test }) => `| ${bug} | ${test.replaceAll('|', '\\|')} | \`${file}\` |`);
  const table = [begin, '', '| bug | the first test that fails | in |', '| --- | --- | --- |', ...rows, ''].join('\n');
  // In one step: whoever reads meanwhile sees the page as it was, or as it is.
  writeFileSync(`${page}.new`, `${document.slice(0, at)}${table}`);
  renameSync(`${page}.new`, page);
}
