import { defineConfig } from 'vitest/config';

// Two projects: `unit` needs no root and runs in seconds; `integration` builds networks and boots guests,
// each file in a machine of its own, so files run one after the other on a small runner.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          include: ['integration/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
