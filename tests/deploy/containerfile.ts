import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployFolder } from './compose-file.ts';

/** One instruction: `RUN`, and what follows it with the continued lines joined. */
export interface Instruction {
  keyword: string;
  text: string;
}

/** Reads `deploy/Containerfile`: its stages, each from its `FROM` on. */
export function readContainerfile(): Instruction[][] {
  const lines = readFileSync(join(deployFolder, 'Containerfile'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, keyword = '', text = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (keyword === '') throw new Error(`deploy/Containerfile has a line that is no instruction: ${line}`);
    if (keyword === 'FROM') stages.push([]);
    stages.at(-1)?.push({ keyword, text });
  }
  return stages;
}

/** What follows each instruction of that keyword. */
export function textsOf(stage: readonly Instruction[], keyword: string): string[] {
  return stage.filter((it) => it.keyword === keyword).map(({ text }) => text);
}

/** The variables that a stage sets. */
export function environmentOf(stage: readonly Instruction[]): Record<string, string> {
  return Object.fromEntries(
    textsOf(stage, 'ENV').map((text) => {
      const [name = '', ...value] = text.split('=');
      return [name, value.join('=')];
    }),
  );
}
