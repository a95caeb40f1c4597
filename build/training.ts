import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readWrittenPages, watchedRanges, type WrittenPages } from './snapshot.ts';

const network = {
  cniVersion: '1.0.0',
  name: 'build',
  type: 'dan',
  bridge: 'br0',
  danConf: '/run/dans',
  addresses: ['10.88.0.5/24'],
  routes: [{ dst: '0.0.0.0/0', gw: '10.88.0.1' }],
  logLevel: 'error',
};

// In namespaces of its own, with a /run of its own: nothing of it is left, and nobody sees it.
const script = `
  mount -t tmpfs tmpfs /run
  mount -t sysfs sysfs /sys
  ip link add br0 type bridge
  ip link set br0 up
  ip netns add pod
  export CNI_CONTAINERID=build CNI_NETNS=/run/netns/pod CNI_IFNAME=eth0 CNI_PATH=/opt/cni/bin
  tool=$1 network=$2 directory=$3 program=$4
  shift 4
  # The same pages wherever it is built: a call reads the path of its own file.
  cp "$program" /run/program
  for command in VERSION ADD DEL; do
    echo "$network" | CNI_COMMAND=$command "$tool" "$directory/$command.pages" "$@" /run/program
  done`;

/**
 * Attaches and detaches a sandbox with a program, and tells which pages of its snapshot calls write. Undefined where that
 * cannot be done, which is said: the program is whole without, and takes a fifth longer.
 */
export function writtenPages(
  program: string,
  directory: string,
): { readonly version: WrittenPages; readonly others: WrittenPages } | undefined {
  const ranges = watchedRanges(program).flatMap(({ address, size }) => [String(address), String(size)]);
  const args = [join(directory, 'written-pages'), JSON.stringify(network), directory, program, ...ranges];
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const { status, stdout, stderr, error } = spawnSync(
    'unshare',
    [...asRoot, '--net', '--mount', 'sh', '-euc', script, 'sh', ...args],
    // The same pages whoever builds: a call reads the whole environment.
    { encoding: 'utf8', timeout: 60_000, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
  );
  if (status === 0) {
    const [version, add] = ['VERSION', 'ADD'].map((command) => readWrittenPages(join(directory, `${command}.pages`)));
    if (version !== undefined && add !== undefined) return { version, others: add };
  }
  const why = error?.message ?? `${stdout}${stderr}`.trim();
  process.stderr.write(`dist/dan does not copy its pages at once, since no sandbox can be attached here: ${why}\n`);
  return undefined;
}
