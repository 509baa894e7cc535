import { runTool, type ToolResult } from '../checkout/run-tool.ts';

/** One thing that must hold before a change is good. */
export interface CheckStep {
  name: string;
  /** What to do about a failure, where a command does it. */
  remedy?: string;
  run: () => Promise<ToolResult>;
}

const checkedFolders = ['gateway', 'subgraphs', 'packages', 'start', 'tests'];

/** Every check, the slow ones first, so that the quick ones fill the gaps. */
export const checkSteps: CheckStep[] = [
  {
    name: 'dependency rules',
    run: () =>
      runTool('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', [
        '--config',
        '.dependency-cruiser.mjs',
        ...checkedFolders,
      ]),
  },
  {
    name: 'contracts printed, composed, described',
    remedy: 'pnpm schema',
    run: () => runTool('start/print-schema.ts', ['--check']),
  },
  { name: 'types', run: () => runTool('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json']) },
  {
    name: 'format and lint',
    remedy: 'pnpm format',
    run: () => runTool('node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '--colors=off', '.']),
  },
  { name: 'contracts keep what was released', run: () => runTool('start/check-released.ts', []) },
  { name: 'gRPC contracts', run: () => runTool('node_modules/@bufbuild/buf/bin/buf', ['lint']) },
];
