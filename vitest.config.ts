import { defineConfig, type Plugin } from 'vitest/config';

// As the build embeds them.
const textFiles: Plugin = {
  name: 'files-as-text',
  transform: (text, path) =>
    /\.conflist$|\/deploy\/host\//.test(path) ? `export default ${JSON.stringify(text)}` : undefined,
};

/** What breaks things at certain moments, or wants answers within seconds: nothing else may run beside it. */
const alone = ['executable', 'faults', 'fuzz', 'gc', 'pod-namespace', 'sandbox'].map(
  (folder) => `integration/${folder}/**/*.test.ts`,
);

const integration = { testTimeout: 120_000, hookTimeout: 120_000 };

/** Needs Go, and programs that are built by it: `npm run test:clients` runs it. */
const clients = ['integration/clients/**/*.test.ts'];

/** What cannot be run by whoever is not root: integration/run.ts knows it. */
const leftOut = (process.env['DAN_TESTS_LEFT_OUT'] ?? '').split(' ').filter((path) => path !== '');

// `unit` needs no root and runs in seconds: its files share one process, since none of them keeps anything. The others build networks and boot guests, each file in a machine of its own.
// `integration-iproute2` runs some of what `integration` has with the program for Node, for which `ip`, `tc` and `bridge`
// speak to the kernel.
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [textFiles],
        test: { name: 'unit', include: ['test/**/*.test.ts'], isolate: false },
      },
      {
        test: {
          ...integration,
          name: 'integration-alone',
          include: alone,
          exclude: leftOut,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins: [textFiles],
        test: {
          ...integration,
          name: 'integration',
          include: ['integration/**/*.test.ts'],
          exclude: [...alone, ...clients, ...leftOut],
          // A guest is emulated by one processor: two files at a time keep two busy.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...integration,
          name: 'integration-iproute2',
          env: { DAN_TEST_PROGRAM: 'iproute2' },
          include: [
            'integration/gc/*.test.ts',
            'integration/host-tap/{attachment,check,constraints,refusals}.test.ts',
            'integration/macvtap/device.test.ts',
            'integration/ovs/host-tap.test.ts',
            'integration/pod-namespace/{late,taken}.test.ts',
            'integration/sandbox/second-network.test.ts',
            'integration/tcfilter/{kernel-wins,restored}.test.ts',
          ],
          exclude: leftOut,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: { ...integration, name: 'clients', include: clients, maxWorkers: 2, sequence: { groupOrder: 4 } },
      },
    ],
  },
});
