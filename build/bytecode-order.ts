import { spawnSync } from 'node:child_process';

const network = {
  cniVersion: '1.0.0',
  name: 'build',
  type: 'dan',
  bridge: 'br0',
  addresses: ['10.88.0.5/24'],
  routes: [{ dst: '0.0.0.0/0', gw: '10.88.0.1' }],
  logLevel: 'error',
};

/** What is run, the most important first. */
const commands = ['ADD', 'DEL', 'VERSION'] as const;

// In namespaces of its own, with a /run of its own: nothing of it is left, and nobody sees it.
const script = `
  mount -t tmpfs tmpfs /run
  mount -t sysfs sysfs /sys
  ip link add br0 type bridge
  ip link set br0 up
  ip netns add pod
  export CNI_CONTAINERID=build CNI_NETNS=/run/netns/pod CNI_IFNAME=eth0 CNI_PATH=/opt/cni/bin
  for command in ${commands.join(' ')}; do
    echo "$2" | CNI_COMMAND=$command BUN_BYTECODE_ORDER_OUT="$3/$command" "$1"
  done`;

/**
 * Attaches and detaches a sandbox with an executable, and has it write down in which order it needs its bytecode. Returns
 * the files in the directory; none where that cannot be done, which is said: the executable is whole without.
 */
export function recordBytecodeOrder(executable: string, directory: string): readonly string[] {
  const args = ['--net', '--mount', 'sh', '-euc', script, 'sh', executable, JSON.stringify(network), directory];
  const { status, stdout, stderr, error } = spawnSync('unshare', args, { encoding: 'utf8', timeout: 60_000 });
  if (status === 0) return commands.map((command) => `${directory}/${command}`);
  const why = error?.message ?? `${stdout}${stderr}`.trim();
  process.stderr.write(
    `dist/dan is built without an order of its bytecode, since no sandbox can be attached here: ${why}\n`,
  );
  return [];
}
