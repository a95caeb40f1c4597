import { accessSync, constants } from 'node:fs';
import { execaSync } from 'execa';

// Runs the integration tests. Root runs all of them. Another user runs those that need only namespaces, inside a user
// namespace, and this reports what was left out and why.

interface LeftOut {
  readonly path: string;
  readonly why: string;
}

/** Tests that only the machine's root can run. */
const needsRoot: readonly LeftOut[] = [
  ...['integration/containerd', 'integration/docs', 'integration/doctor/cni.test.ts', 'integration/install'].map(
    (path) => ({ path, why: 'containerd and runc make cgroups and mounts that a user namespace may not' }),
  ),
  { path: 'integration/vfio', why: 'root alone builds the image of its guest' },
  { path: 'integration/podman', why: 'podman runs as root here, as a node does' },
  {
    path: 'integration/host-tap/owner.test.ts',
    why: 'a user namespace has no second user that could try to open a tap',
  },
  { path: 'integration/executors', why: 'a user namespace may make no device node' },
  { path: 'integration/gc', why: 'a user namespace may make no device node' },
  { path: 'integration/faults', why: 'a user namespace may make no device node' },
  { path: 'integration/macvtap', why: 'a user namespace may make no device node' },
  ...['integration/ovs/huge-pages.test.ts', 'integration/vhost-user/guests.test.ts'].map((path) => ({
    path,
    why: 'a user namespace may neither reserve huge pages nor mount them',
  })),
  { path: 'integration/upgrade', why: 'a user namespace may make no device node' },
  { path: 'integration/pod-namespace', why: 'a user namespace may make no device node' },
];

/** Tests that make taps. */
const needsTaps: readonly LeftOut[] = [
  'integration/bandwidth',
  'integration/executable/bare.test.ts',
  'integration/executable/environment.test.ts',
  'integration/doctor/kernel.test.ts',
  'integration/doctor/ovs.test.ts',
  'integration/doctor/state.test.ts',
  'integration/fuzz',
  'integration/host-tap/attachment.test.ts',
  'integration/host-tap/check.test.ts',
  'integration/host-tap/processes.test.ts',
  'integration/host-tap/refusals.test.ts',
  'integration/hotplug',
  'integration/kata-network',
  'integration/kinds',
  'integration/list',
  'integration/ovs',
  'integration/plan',
  'integration/reader',
  'integration/sandbox',
  'integration/tcfilter',
  'integration/vhost-user',
].map((path) => ({ path, why: 'only root may open /dev/net/tun on this machine' }));

const filters = process.argv.slice(2);
const vitest = ['vitest', 'run', '--project', 'integration*', ...filters];

if (process.getuid?.() === 0) {
  run(vitest);
} else {
  const probe = execaSync('unshare', ['--user', '--map-root-user', '--mount', '--net', 'true'], { reject: false });
  if (probe.exitCode !== 0) {
    fail(`the integration tests need root, or user namespaces, and this kernel grants neither: ${probe.stderr}`);
  }
  const leftOut = [...needsRoot, ...(canOpenTun() ? [] : needsTaps)];
  // An exclusion on vitest's command line does not apply to its projects, so vitest.config.ts reads this variable.
  const excluded = leftOut.map(({ path }) => (path.endsWith('.ts') ? path : `${path}/**`));
  run(['unshare', '--user', '--map-root-user', '--', ...vitest], { DAN_TESTS_LEFT_OUT: excluded.join(' ') });
  console.log('\nLeft out:');
  for (const { path, why } of leftOut) console.log(`  ${path}: ${why}`);
}

function run([command = '', ...args]: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const { exitCode } = execaSync(command, args, { stdio: 'inherit', reject: false, preferLocal: true, env });
  if (exitCode !== 0) process.exit(exitCode ?? 1);
}

function canOpenTun(): boolean {
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
