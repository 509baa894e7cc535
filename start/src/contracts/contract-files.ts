import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checkoutFolder } from '../checkout/paths.ts';
import type { EventSchema } from './lint-events.ts';
import type { OperationFile } from './lint-operations.ts';

const read = (path: string) => readFileSync(join(checkoutFolder, path), 'utf8');
const find = (pattern: string) => globSync(pattern, { cwd: checkoutFolder }).sort();

/** Reads the operations that clients have written down. */
export function readOperations(): OperationFile[] {
  return find('schema/operations/**/*.graphql').map((path) => ({ path, text: read(path) }));
}

/** Reads the schemas of the events. */
export function readEventSchemas(): EventSchema[] {
  return find('schema/events/*.json').map((path) => ({
    topic: basename(path, '.json'),
    schema: JSON.parse(read(path)) as EventSchema['schema'],
  }));
}

/** Whether a file of the checkout holds exactly this text. */
export function isWritten(path: string, text: string): boolean {
  return existsSync(join(checkoutFolder, path)) && read(path) === text;
}

/** Writes a file of the checkout. */
export function write(path: string, text: string): void {
  const target = join(checkoutFolder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
