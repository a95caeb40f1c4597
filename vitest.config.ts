import { homedir } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// As the build embeds them.
const textFiles: Plugin = {
  name: 'files-as-text',
  transform: (text, path) =>
    /\.conflist$|\/deploy\/host\//.test(path) ? `export default ${JSON.stringify(text)}` : undefined,
};

// Every program for Node that a test starts finds there what was compiled before: it starts in half the time.
const env = { NODE_COMPILE_CACHE: join(homedir(), '.cache/dan/compiled') };
const integration = { testTimeout: 120_000, hookTimeout: 120_000, env };

/** Needs Go, and programs that are built by it: `npm run test:clients` runs it. */
const clients = ['integration/clients/**/*.test.ts'];

/** The same, and more time: `npm run test:kubernetes` runs it. */
const kubernetes = ['integration/kubernetes/**/*.test.ts'];

/** What the program for Node does with every run, and what it does besides when there is time: `npm run soak`. */
const byIproute2 = ['integration/host-tap/attachment.test.ts'];
const byIproute2InTime = [
  'integration/gc/*.test.ts',
  'integration/host-tap/{check,constraints,refusals}.test.ts',
  'integration/macvtap/device.test.ts',
  'integration/ovs/host-tap.test.ts',
  'integration/pod-namespace/{late,taken}.test.ts',
  'integration/sandbox/second-network.test.ts',
  'integration/tcfilter/{kernel-wins,restored}.test.ts',
];

/** What measures rates, which more work beside it than there are processors would lower. */
const rates = ['integration/bandwidth/**/*.test.ts'];

/** What cannot be run by whoever is not root: integration/run.ts knows it. */
const leftOut = (process.env['DAN_TESTS_LEFT_OUT'] ?? '').split(' ').filter((path) => path !== '');

/** What takes about a minute: it comes first, so that nothing waits for it in the end. */
const long =
  /\/(containerd\/tcfilter|docs\/guides|faults\/(killed|programs)|hotplug\/plug|kata-ipvs\/kata-ipvs|ovs\/host-tap|sizes\/many|tcfilter\/frames|vfio\/(attachment|killed)|vhost-user\/guests)\.test\.ts$/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => long.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

// `unit` needs no root and runs in seconds: its files share two processes, since none of them keeps anything. The others build networks and boot guests, each file in a machine of its own.
// `integration-iproute2` runs some of what `integration` has with the program for Node, for which `ip`, `tc` and `bridge`
// speak to the kernel.
export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      {
        plugins: [textFiles],
        // None takes a second, but a machine may be busy with others.
        test: { name: 'unit', include: ['test/**/*.test.ts'], isolate: false, maxWorkers: 2, testTimeout: 30_000 },
      },
      {
        plugins: [textFiles],
        test: {
          ...integration,
          name: 'integration',
          include: ['integration/**/*.test.ts'],
          exclude: [...clients, ...kubernetes, ...rates, ...leftOut],
          // Three files at a time keep two processors busy: a test waits nearly half of its time.
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins: [textFiles],
        test: {
          ...integration,
          name: 'integration-rates',
          include: rates,
          exclude: leftOut,
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...integration,
          name: 'integration-iproute2',
          isolate: false,
          env: { ...env, DAN_TEST_PROGRAM: 'iproute2' },
          include: process.env['DAN_SOAK'] === undefined ? byIproute2 : [...byIproute2, ...byIproute2InTime],
          exclude: leftOut,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: { ...integration, name: 'clients', include: clients, maxWorkers: 2, sequence: { groupOrder: 3 } },
      },
      {
        // Two clusters at a time keep two processors busy: the tests wait for timers of Kubernetes most of the time.
        test: {
          name: 'kubernetes',
          env,
          include: kubernetes,
          testTimeout: 400_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
