import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['tests/kafka/**/*.test.ts'],
    globalSetup: join(import.meta.dirname, '../../packages/test-database/src/global-setup.ts'),
    // Each file has a broker of its own; two at once leave nothing of a small machine to the tests.
    fileParallelism: false,
    // A broker takes six seconds to believe that a member is dead, and some tests kill more than one thing.
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
