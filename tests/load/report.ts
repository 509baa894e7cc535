import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import type { Durations, StageResult } from './measure.ts';
import type { ProcessorUse } from './processor-use.ts';

const bytesPerGiB = 1024 ** 3;
const percentiles = [50, 95, 99];

/** One line of the table of loads. */
export interface LoadRow {
  operation: string;
  result: StageResult;
  processorUse: ProcessorUse;
}

/** One line of the table of delays. */
export interface DelayRow {
  path: string;
  durations: Durations;
}

/** Processors and memory of this machine, and the Node that measured. */
export function describeMachine(): string {
  const processors = cpus();
  return `${processors.length} cores (${processors[0]?.model.trim() ?? 'unknown'}), ${Math.round(
    totalmem() / bytesPerGiB,
  )} GiB of memory, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}

/** A table of Markdown; the first column is text, the others are numbers. */
export function table(header: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function percentilesOf(durations: Durations): string[] {
  return percentiles.map((percent) => durations.percentile(percent).toFixed(1));
}

/** The table of requests: how many a second, how long, what they cost. */
export function loadTable(rows: LoadRow[]): string {
  const parts = [...new Set(rows.flatMap(({ processorUse }) => [...processorUse.keys()]))];
  return table(
    [
      'operation',
      'in flight',
      'per second',
      'P50 ms',
      'P95 ms',
      'P99 ms',
      'errors',
      ...parts.map((part) => `${part} CPU ms`),
    ],
    rows.map(({ operation, result, processorUse }) => [
      operation,
      String(result.inFlight),
      ((result.durations.count / result.elapsedMs) * 1_000).toFixed(0),
      ...percentilesOf(result.durations),
      `${result.errors} of ${result.durations.count}`,
      ...parts.map((part) => ((processorUse.get(part) ?? 0) / Math.max(1, result.durations.count)).toFixed(2)),
    ]),
  );
}

/** The table of delays between two moments. */
export function delayTable(rows: DelayRow[]): string {
  return table(
    ['from → to', 'events', 'P50 ms', 'P95 ms', 'P99 ms'],
    rows.map(({ path, durations }) => [path, String(durations.count), ...percentilesOf(durations)]),
  );
}

/**
 * Replaces what stands between the markers of a name in a document.
 * @throws when the document has no such markers
 */
export async function writeBetweenMarkers(file: string, name: string, text: string): Promise<void> {
  const begin = `<!-- ${name}: written by the command, do not edit -->`;
  const end = `<!-- ${name}: end -->`;
  const document = await readFile(file, 'utf8');
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no place between "${begin}" and "${end}".`);
  await writeFile(file, `${document.slice(0, from + begin.length)}\n\n${text.trim()}\n\n${document.slice(to)}`);
}
