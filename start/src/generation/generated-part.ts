import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkoutFolder } from '../checkout/paths.ts';
import type { ToolResult } from '../checkout/run-tool.ts';

/** Generated code that is made in one go from a few files. */
export interface GeneratedPart {
  name: string;
  /** Files it is made from, as globs relative to the checkout. */
  inputs: string[];
  /** Folder that it is written to, relative to the checkout. */
  output: string;
  generate: () => Promise<ToolResult>;
}

/** A generator did not do its work; the message carries what it said. */
export class GenerationFailed extends Error {
  constructor(part: string, output: string) {
    super(`${part} could not be generated:\n${output}`);
    this.name = 'GenerationFailed';
  }
}

function stampFile(part: GeneratedPart): string {
  return join(checkoutFolder, 'node_modules/.cache/localplus', part.name.replaceAll('/', '-'));
}

function fingerprint(part: GeneratedPart): string {
  const hash = createHash('sha256');
  const files = part.inputs.flatMap((pattern) => globSync(pattern, { cwd: checkoutFolder })).sort();
  // The lock stands for the versions of the generators.
  for (const file of [...files, 'pnpm-lock.yaml']) {
    hash.update(`${file}\0`).update(readFileSync(join(checkoutFolder, file)));
  }
  return hash.digest('hex');
}

function isFresh(part: GeneratedPart, wanted: string): boolean {
  const stamp = stampFile(part);
  return existsSync(join(checkoutFolder, part.output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

/**
 * Generates a part when its inputs have changed since the last time.
 * @returns how long it took in milliseconds, or undefined when there was nothing to do
 * @throws GenerationFailed
 */
export async function refresh(part: GeneratedPart, options: { force: boolean }): Promise<number | undefined> {
  const wanted = fingerprint(part);
  if (!options.force && isFresh(part, wanted)) return undefined;
  const stamp = stampFile(part);
  rmSync(stamp, { force: true });
  const result = await part.generate();
  if (result.exitCode !== 0) throw new GenerationFailed(part.name, result.output);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  return result.durationMs;
}
