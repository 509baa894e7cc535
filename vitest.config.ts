import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

// Packages ask for graphql in two module formats; two copies of it refuse each other's types.
const fromGateway = createRequire(new URL('./gateway/package.json', import.meta.url));
const graphql = fromGateway.resolve('graphql');

const notOurs = ['**/node_modules/**'];
const globalSetup = fileURLToPath(new URL('./packages/test-database/src/global-setup.ts', import.meta.url));

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: graphql }] },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/src/**/*.test.ts', 'tests/{architecture,deploy}/**/*.test.ts'],
          exclude: [
            ...notOurs,
            '**/*.integration.test.ts',
            'tests/e2e/**',
            'tests/browser/**',
            'tests/dependency-rules/**',
          ],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['**/src/**/*.integration.test.ts', 'tests/{contract,fault}/**/*.test.ts'],
          exclude: notOurs,
          globalSetup,
          // Two workers leave PostgreSQL its share of a small machine.
          maxWorkers: 2,
          testTimeout: 20_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: notOurs,
          // Each file starts the whole system.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['subgraphs/*/src/{domain,commands}/**'],
      reporter: ['text-summary'],
      thresholds: { lines: 90 },
    },
  },
});
