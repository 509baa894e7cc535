import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkoutFolder } from './src/checkout/paths.ts';
import { lintDescriptions } from './src/contracts/lint-descriptions.ts';
import { lintSubgraph } from './src/contracts/lint-subgraph.ts';
import { printSubgraphs } from './src/contracts/subgraph-sdl.ts';
import { composeSupergraph } from './src/contracts/supergraph.ts';

const folder = 'schema/graphql';
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

async function main(): Promise<string[]> {
  const subgraphs = await printSubgraphs();
  const supergraph = composeSupergraph(subgraphs);
  for (const hint of supergraph.hints) console.error(hint);

  const problems = [...subgraphs.flatMap(lintSubgraph), ...lintDescriptions(supergraph.api)];
  mkdirSync(join(checkoutFolder, folder), { recursive: true });
  for (const { name, sdl } of [...subgraphs, { name: 'supergraph', sdl: supergraph.sdl }]) {
    const file = join(folder, `${name}.graphql`);
    const path = join(checkoutFolder, file);
    const isFresh = existsSync(path) && readFileSync(path, 'utf8') === sdl;
    if (isFresh) continue;
    if (values.check) problems.push(`${file} is not what the code says: run "pnpm schema" and commit it`);
    else {
      writeFileSync(path, sdl);
      console.error(`Written: ${file}`);
    }
  }
  return problems;
}

try {
  const problems = await main();
  for (const problem of problems) console.error(problem);
  // The subgraphs' modules may keep timers; nothing is left to do here.
  process.exit(problems.length > 0 ? 1 : 0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
