import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from '../load/report.ts';

const page = join(import.meta.dirname, '../../docs/reliability.md');
const begin = '<!-- proofs: each row is written by its command, do not edit -->';
const end = '<!-- proofs: end -->';
const header = ['| proof | promise | size | result | measured by |', '| --- | --- | --- | --- | --- |'];

/** What a proof at full size has shown. */
export type Proof = {
  /** Names the row: `R3`, or `R3 embedded` for the same proof elsewhere. */
  readonly id: string;
  /** What is promised, in one sentence. */
  readonly promise: string;
  /** How much was done: `12 writers, 26,000 rows`. */
  readonly size: string;
  /** What was counted and measured, with units: `0 lost, 0 out of order`. */
  readonly result: string;
  /** Brings the same run again, where chance decides anything. */
  readonly seed?: number;
  /** Measures it again: `pnpm test:fault -- R3`. */
  readonly command: string;
};

/**
 * Rewrites the proof's row in docs/reliability.md, with the machine that measured it; the rows of other proofs stay as they
 * are. Does nothing unless LOCALPLUS_RELIABILITY_REPORT is `true`: smoke sizes are no measurements.
 * @throws Error when the page has lost the place of its table
 */
export function recordProof(proof: Proof): void {
  console.info(`${proof.id}: ${proof.size}: ${proof.result}${proof.seed === undefined ? '' : ` (seed ${proof.seed})`}`);
  if (process.env.LOCALPLUS_RELIABILITY_REPORT === 'true') writeProof(page, proof);
}

/** The same into any page, whatever the environment says. */
function writeProof(file: string, { id, promise, size, result, seed, command }: Proof): void {
  const document = existsSync(file) ? readFileSync(file, 'utf8') : `# Reliability\n\n${begin}\n${end}\n`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no place between "${begin}" and "${end}".`);
  const others = document
    .slice(from + begin.length, to)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !header.includes(line) && idOf(line) !== id);
  const measuredBy = [`\`${command}\``, seed === undefined ? '' : `seed ${seed}`, describeMachine()];
  const row = `| ${[id, promise, size, result, measuredBy.filter(Boolean).join(', ')].join(' | ')} |`;
  const rows = [...others, row].sort((a, b) => idOf(a).localeCompare(idOf(b), 'en', { numeric: true }));
  const table = [begin, '', ...header, ...rows, '', ''].join('\n');
  // In one step: whoever reads meanwhile sees the page as it was, or as it is.
  writeFileSync(`${file}.new`, `${document.slice(0, from)}${table}${document.slice(to)}`);
  renameSync(`${file}.new`, file);
}

function idOf(row: string): string {
  return row.split(' | ')[0]?.replace(/^\| /, '') ?? '';
}
