import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const ownerOnly = 0o600;

/** Writes a file that its owner alone can read, in one step: whoever reads it meets the old content or the new one. */
export function writePrivateText(path: string, text: string): void {
  const temporary = `${path}.${randomUUID()}`;
  writeFileSync(temporary, text, { mode: ownerOnly });
  renameSync(temporary, path);
}

/** The same with JSON. */
export function writePrivateJson(path: string, content: unknown): void {
  writePrivateText(path, `${JSON.stringify(content, undefined, 2)}\n`);
}

/** Reads a JSON file; undefined when there is none. */
export function readJson(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
