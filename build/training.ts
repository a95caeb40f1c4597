import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readWrittenPages, watchedRanges, type WrittenPages } from './snapshot.ts';

const common = { cniVersion: '1.0.0', type: 'dan', danConf: '/run/dans', logLevel: 'error' };

const hostTap = {
  ...common,
  name: 'tap',
  bridge: 'br0',
  addresses: ['10.88.0.5/24'],
  routes: [{ dst: '0.0.0.0/0', gw: '10.88.0.1' }],
};

// What an earlier plugin made, for a guest to take over.
const taken = {
  cniVersion: '1.0.0',
  interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:02', sandbox: '/run/netns/taken' }],
  ips: [{ address: '10.89.0.5/24', gateway: '10.89.0.1', interface: 0 }],
  routes: [{ dst: '0.0.0.0/0', gw: '10.89.0.1' }],
  dns: {},
};
const tcfilter = { ...common, name: 'tcfilter', device: 'tcfilter', runtime: 'runtime-rs' };
const macvtap = { ...common, name: 'macvtap', device: 'macvtap', runtime: 'generic' };

// Runs in its own namespaces with its own /run, so nothing of it is left, and nothing else sees it. Not every kernel
// supports tcfilter and macvtap; the results of the calls that do not need these have been written by then.
const script = `
  mount -t tmpfs tmpfs /run
  mount -t sysfs sysfs /sys
  ip link add br0 type bridge
  ip link set br0 up
  ip netns add pod
  ip netns add taken
  ip link add host-end type veth peer name eth0 address 02:00:00:00:00:02 netns taken
  # Whether the kernel has found out yet that nobody else has an address would decide what is written.
  ip link set host-end addrgenmode none
  ip -n taken link set eth0 addrgenmode none
  ip addr add 10.89.0.1/24 dev host-end
  ip link set host-end up
  ip -n taken addr add 10.89.0.5/24 dev eth0
  ip -n taken link set eth0 up
  ip -n taken route add default via 10.89.0.1
  tool=$1 directory=$2 host_tap=$3 tcfilter=$4 macvtap=$5 taken=$6
  shift 6
  # The same pages wherever it is built: a call reads the path of its own file.
  ranges="$1 $2 $3 $4" program=/run/program
  cp "$5" "$program"
  export CNI_CONTAINERID=build CNI_IFNAME=eth0 CNI_PATH=/opt/cni/bin CNI_NETNS

  call() {
    echo "$3" | CNI_COMMAND=$1 "$tool" "$directory/$1-$2" $ranges "$program"
  }

  behind() {
    echo "\${1%\\}},\\"prevResult\\":$2}"
  }

  attach() {
    result=$(call ADD "$1" "$3") &&
      call CHECK "$1" "$(behind "$2" "$result")" &&
      call DEL "$1" "$(behind "$2" "$result")"
  }

  CNI_NETNS=/run/netns/pod
  call VERSION host-tap "$host_tap"
  attach host-tap "$host_tap" "$host_tap"
  CNI_NETNS=/run/netns/taken
  attach tcfilter "$tcfilter" "$(behind "$tcfilter" "$taken")" || exit 0
  attach macvtap "$macvtap" "$(behind "$macvtap" "$taken")" || exit 0`;

/** The pages that calls wrote: a list for each command. */
export interface TrainingCalls {
  readonly version: WrittenPages;
  readonly adds: readonly WrittenPages[];
  readonly others: readonly WrittenPages[];
}

/**
 * Attaches, checks and detaches sandboxes with a program, and returns which pages of its memory the calls write. If
 * that is not possible, reports it and returns undefined: the program works without this, but takes a fifth longer.
 */
export function trainingCalls(program: string, directory: string): TrainingCalls | undefined {
  const ranges = watchedRanges(program).flatMap(({ address, size }) => [String(address), String(size)]);
  const networks = [hostTap, tcfilter, macvtap, taken].map((network) => JSON.stringify(network));
  const args = [join(directory, 'written-pages'), directory, ...networks, ...ranges, program];
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const { status, stdout, stderr, error } = spawnSync(
    'unshare',
    [...asRoot, '--net', '--mount', 'sh', '-euc', script, 'sh', ...args],
    // A call reads its whole environment, which must not change the pages that it writes.
    { encoding: 'utf8', timeout: 60_000, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
  );
  if (status === 0) {
    const of = (commands: readonly string[]): readonly WrittenPages[] =>
      ['host-tap', 'tcfilter', 'macvtap']
        .flatMap((kind) => commands.map((command) => join(directory, `${command}-${kind}`)))
        .filter((path) => existsSync(path))
        .map((path) => readWrittenPages(path));
    const version = readWrittenPages(join(directory, 'VERSION-host-tap'));
    return { version, adds: of(['ADD']), others: of(['CHECK', 'DEL']) };
  }
  const why = error?.message ?? `${stdout}${stderr}`.trim();
  process.stderr.write(`dist/dan does not copy its pages at once, since no sandbox can be attached here: ${why}\n`);
  return undefined;
}
