import { readNetwork } from '../../../src/config/network.ts';
import { areas } from '../../../src/cli/doctor/areas.ts';
import { type Answer, ask, type Finding } from '../../../src/cli/doctor/check.ts';
import type { DanPlugin } from '../../../src/node/cni/network.ts';
import type { DeviceNode, KernelFacts } from '../../../src/cli/doctor/facts/kernel.ts';
import type { NodeFacts } from '../../../src/cli/doctor/facts/node.ts';
import type { FunctionFacts } from '../../../src/cli/doctor/facts/functions.ts';
import type { OvsFacts } from '../../../src/cli/doctor/facts/ovs.ts';
import type { StateFacts } from '../../../src/cli/doctor/facts/state.ts';
import type { JsonObject } from '../../../src/json/object.ts';

/** Configurations of networks, one for each device. */
export const networks = {
  hostTap: { device: 'host-tap', bridge: 'br0' },
  limited: { device: 'host-tap', bridge: 'br0', bandwidth: { egressRate: 8e6, egressBurst: 8e5 } },
  tcfilter: { device: 'tcfilter', master: 'eth0' },
  vfio: { device: 'vfio', runtime: 'go', master: 'enp1s0f0' },
  macvtap: { device: 'macvtap', master: 'eth0', runtime: 'generic' },
  vhostUser: { device: 'vhost-user', bridge: 'br-dpdk' },
  ovsTap: { device: 'host-tap', bridge: 'br-ovs', ovs: { db: 'unix:/run/openvswitch/db.sock' } },
} as const satisfies Record<string, JsonObject>;

/** A network in the form of the area "CNI". */
export function network(name: string, settings: JsonObject): DanPlugin {
  const document = { type: 'dan', ...settings };
  const config = readNetwork({ cniVersion: '1.0.0', name, ...document }, { args: new Map(), ifname: 'eth0' });
  const danConf = config.danConf ?? '/run/kata-containers/dans';
  return {
    path: `/etc/cni/net.d/${name}.conflist`,
    name,
    document,
    config,
    refusal: undefined,
    danConf,
    plugins: [document],
    at: 0,
  };
}

/** The differences from a healthy node. */
export interface Differences {
  readonly isLive?: boolean;
  readonly networks?: readonly DanPlugin[];
  readonly kernel?: Partial<KernelFacts>;
  readonly ovs?: Partial<OvsFacts>;
  readonly state?: Partial<StateFacts>;
  readonly kata?: NodeFacts['kata'];
  readonly functions?: FunctionFacts;
}

/** A correct device node. */
function deviceNode(path: string, numbers: string): DeviceNode {
  return { path, state: 'device', numbers, refused: undefined };
}

const features = ['altname', 'bridge', 'ingress', 'macvtap', 'mirred', 'tap', 'u32', 'veth'] as const;

const soundKernel: KernelFacts = {
  user: 0,
  deviceNodes: {
    tun: deviceNode('/dev/net/tun', '10:200'),
    kvm: deviceNode('/dev/kvm', '10:232'),
    vhostNet: deviceNode('/dev/vhost-net', '10:238'),
    vhostVsock: deviceNode('/dev/vhost-vsock', '10:241'),
  },
  virtualization: true,
  probes: { tried: features, faults: {}, hindrance: undefined },
  programs: {
    there: new Set([
      'bridge',
      'cat',
      'flock',
      'ip',
      'mknod',
      'mount',
      'nsenter',
      'ovs-vsctl',
      'tc',
      'tee',
      'unshare',
    ] as const),
    versioned: [
      { name: 'ip', path: '/usr/sbin/ip', says: 'ip utility, iproute2-6.1.0, libbpf 1.1.2', isBusybox: false },
    ],
  },
  runsPrograms: false,
  hugePages: { total: 1024, free: 512, kilobytes: 2048, mounts: ['/dev/hugepages'] },
  bridges: [],
  forwarding: [],
  managers: { networkManager: undefined, networkd: undefined, udev: undefined },
};

/** The facts of a healthy node with some differences. */
export function facts(differences: Differences = {}): NodeFacts {
  const noFiles = { unsafe: [], open: [], unreadableFiles: [], unreadableRecords: [], temporary: [], faults: [] };
  return {
    isLive: differences.isLive ?? true,
    cni: {
      containerd: undefined,
      handlers: [],
      directories: [],
      networks: differences.networks ?? [],
      binDirs: ['/opt/cni/bin'],
      dan: { type: 'dan', path: '/opt/cni/bin/dan', state: { is: 'program' }, version: '0.1.0' },
      others: [],
    },
    kata: differences.kata ?? { uses: [] },
    kernel: { ...soundKernel, ...differences.kernel },
    ovs: { hasProgram: true, switches: [], outOfReach: [], ...differences.ovs },
    functions: differences.functions,
    pluginVersions: [],
    state: { files: noFiles, locks: [], inventory: { items: [], faults: [] }, ...differences.state },
  };
}

/** The ids of all checks with a prefix, such as `kernel-`. */
export function idsOf(prefix: string): readonly string[] {
  return areas.flatMap(({ checks }) => checks.map(({ id }) => id)).filter((id) => id.startsWith(prefix));
}

/** The findings of the checks whose ids have a prefix. */
export function findAll(prefix: string, of: NodeFacts): readonly Finding[] {
  return idsOf(prefix).flatMap((id) => find(id, of));
}

/** The findings of one check; throws if there is none with that id. */
export function find(id: string, of: NodeFacts): readonly Finding[] {
  return answer(id, of).findings;
}

/** Why a check is skipped; undefined if it is not. */
export function unasked(id: string, of: NodeFacts): string | undefined {
  return answer(id, of).unasked;
}

function answer(id: string, of: NodeFacts): Answer {
  const check = areas.flatMap(({ checks }) => checks).find((one) => one.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  return ask(check, of);
}
