import { readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { checkout } from '../e2e/platform/platform-process.ts';

/**
 * Whether a file reaches the image, by `.dockerignore`: the last pattern that matches it, or a folder that it stands in, decides.
 * @param path relative to the checkout
 */
export function isInBuildContext(path: string, patterns = readPatterns()): boolean {
  const parts = path.split('/');
  const ways = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const last = patterns.findLast(({ glob }) => ways.some((way) => matchesGlob(way, glob)));
  return last?.includes ?? true;
}

interface Pattern {
  glob: string;
  includes: boolean;
}

/** The patterns of `.dockerignore`. */
function readPatterns(): Pattern[] {
  return readFileSync(join(checkout, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ glob: line.replace(/^!/, ''), includes: line.startsWith('!') }));
}
