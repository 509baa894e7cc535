import { parseArgs } from 'node:util';
import { TOPICS } from '@localplus/event-bus';
import { isWritten, readEventSchemas, readOperations, write } from './src/contracts/contract-files.ts';
import { eventPage } from './src/contracts/event-pages.ts';
import { lintDescriptions } from './src/contracts/lint-descriptions.ts';
import { lintEvents } from './src/contracts/lint-events.ts';
import { lintLists, lintMutations } from './src/contracts/lint-mutations.ts';
import { lintOperations } from './src/contracts/lint-operations.ts';
import { lintSubgraph } from './src/contracts/lint-subgraph.ts';
import { printSubgraphs } from './src/contracts/subgraph-sdl.ts';
import { composeSupergraph } from './src/contracts/supergraph.ts';
import { exampleQuery } from './src/supervisor/banner.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

/** Prints the contracts, or compares them with what is committed, and lists what is wrong with them. */
async function printContracts(): Promise<string[]> {
  const subgraphs = await printSubgraphs();
  const supergraph = composeSupergraph(subgraphs);

  const problems = [
    ...supergraph.hints,
    ...subgraphs.flatMap(lintSubgraph),
    ...lintDescriptions(supergraph.api),
    ...lintMutations(supergraph.api),
    ...lintLists(supergraph.api),
    ...lintOperations(supergraph.api, [...readOperations(), { path: 'what npm start proposes', text: exampleQuery }]),
    ...lintEvents(
      TOPICS.map(({ name }) => name),
      readEventSchemas(),
    ),
  ];
  const files = [
    ...[...subgraphs, { name: 'supergraph', sdl: supergraph.sdl }].map(({ name, sdl }) => {
      return { file: `schema/graphql/${name}.graphql`, text: sdl };
    }),
    { file: 'docs/events.md', text: eventPage(TOPICS) },
  ];
  for (const { file, text } of files) {
    if (isWritten(file, text)) continue;
    if (values.check) problems.push(`${file} is not what the code says: run "pnpm schema" and commit it`);
    else {
      write(file, text);
      console.error(`Written: ${file}`);
    }
  }
  return problems;
}

try {
  const problems = await printContracts();
  for (const problem of problems) console.error(problem);
  // The subgraphs' modules may keep timers; nothing is left to do here.
  process.exit(problems.length > 0 ? 1 : 0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
