import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** The file is looked at by its state, which works for replaced files, links and mounted volumes alike. */
const watchIntervalMs = 1_000;

/** Calls back whenever the file has another state than before, until the answer is called. */
export function watchSupergraphFile(file: string, onChange: (text: Promise<string>) => void): () => void {
  const listener = () => onChange(readFile(file, 'utf8'));
  watchFile(file, { interval: watchIntervalMs, persistent: false }, listener);
  return () => unwatchFile(file, listener);
}
