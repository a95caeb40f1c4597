import { defineConfig, type Plugin } from 'vitest/config';

// As Bun's `with { type: 'text' }` does it, which this bundler does not know.
const conflists: Plugin = {
  name: 'conflist-as-text',
  transform: (text, path) => (path.endsWith('.conflist') ? `export default ${JSON.stringify(text)}` : undefined),
};

// Two projects: `unit` needs no root and runs in seconds; `integration` builds networks and boots guests,
// each file in a machine of its own, so files run one after the other on a small runner.
export default defineConfig({
  test: {
    projects: [
      { plugins: [conflists], test: { name: 'unit', include: ['test/**/*.test.ts'] } },
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
