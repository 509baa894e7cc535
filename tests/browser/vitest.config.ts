import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['tests/browser/**/*.test.ts'],
    // The platform with its demo is started once; a browser on a busy machine is slow.
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
