import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { checkoutFolder } from '../checkout/paths.ts';
import { runTool } from '../checkout/run-tool.ts';
import type { GeneratedPart } from './generated-part.ts';

const contracts: GeneratedPart = {
  name: 'gRPC contracts',
  inputs: ['schema/proto/**/*.proto', 'buf.yaml', 'buf.gen.yaml'],
  output: 'packages/rpc/src/generated',
  generate: () => runTool('node_modules/@bufbuild/buf/bin/buf', ['generate']),
};

function databaseClient(subgraph: string): GeneratedPart {
  const schema = `prisma/${subgraph}/schema.prisma`;
  return {
    name: `Prisma client of ${subgraph}`,
    inputs: [schema],
    output: `subgraphs/${subgraph}/src/store/generated`,
    generate: () =>
      runTool('node_modules/prisma/build/index.js', ['generate', '--schema', schema], {
        // The generator of the Pothos types is looked up on the PATH.
        programFolders: [`subgraphs/${subgraph}/node_modules/.bin`, 'node_modules/.bin'],
        environment: {
          // Generating needs no engine, but Prisma would download one unless it is told that there is one.
          PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
          CHECKPOINT_DISABLE: '1',
          PRISMA_HIDE_UPDATE_MESSAGE: '1',
        },
      }),
  };
}

/** Everything that is generated before the code can run: gRPC code, and a Prisma client and Pothos types per subgraph. */
export function generatedParts(): GeneratedPart[] {
  const subgraphs = globSync('prisma/*/schema.prisma', { cwd: checkoutFolder }).map((file) => basename(dirname(file)));
  return [contracts, ...subgraphs.map(databaseClient)];
}
