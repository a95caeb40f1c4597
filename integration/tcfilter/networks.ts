import type { Host } from '../harness/host.ts';
import { hostLocal, makeBridge } from '../host-tap/network.ts';

/** Debian's plugins that run before dan, in dual stack with the gateways 10.88.0.1 and fd00:88::1. */
const plugins = {
  bridge: { type: 'bridge', bridge: 'cni0', isGateway: true, ipam: hostLocal },
  ptp: { type: 'ptp', ipam: hostLocal },
  macvlan: { type: 'macvlan', master: 'uplink', mode: 'bridge', ipam: hostLocal },
} as const;

/** A plugin of Debian that makes the pod's interface. */
export type PluginBefore = keyof typeof plugins;

/** Names of the plugins that make the pod's interface. */
export const pluginsBefore = Object.keys(plugins) as readonly PluginBefore[];

/** The readers with support for a redirection. */
export const readers = ['runtime-rs', 'generic'] as const;

/** The parts of a network. */
export interface Chain {
  readonly plugin: PluginBefore;
  readonly runtime?: (typeof readers)[number];
  /** Overrides keys of the previous plugin. */
  readonly before?: Readonly<Record<string, unknown>>;
  /** Overrides dan's keys. */
  readonly changes?: Readonly<Record<string, unknown>>;
}

/** A network configuration list: a plugin that makes the pod's interface, then dan, which redirects it into a tap. */
export function tcfilterNetwork({ plugin, runtime = 'runtime-rs', before = {}, changes = {} }: Chain): {
  readonly cniVersion: string;
  readonly cniVersions: readonly string[];
  readonly name: string;
  readonly plugins: readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
} {
  return {
    cniVersion: '1.0.0',
    cniVersions: ['1.0.0', '1.1.0'],
    name: 'pod-net',
    plugins: [
      { ...plugins[plugin], ...before },
      { type: 'dan', device: 'tcfilter', runtime, ...changes },
    ],
  };
}

/** A network with only IPv4 whose previous plugin needs nothing on the host. */
export function networkBehind(
  plugin: object,
  name: string,
  subnet: string,
): { readonly cniVersion: string; readonly name: string; readonly plugins: readonly object[] } {
  const ipam = { type: 'host-local', ranges: [[{ subnet }]] };
  return {
    cniVersion: '1.0.0',
    name,
    plugins: [
      { ...plugin, ipam },
      { type: 'dan', device: 'tcfilter' },
    ],
  };
}

/** Prepares a host for the previous plugin; makes the bridge in advance, so that it can be compared. */
export async function prepareHost(host: Host, plugin: PluginBefore, mtu = 1500): Promise<void> {
  if (plugin === 'ptp') return;
  const bridge = plugin === 'bridge' ? 'cni0' : 'br0';
  await makeBridge(host, bridge);
  // An explicit MAC: otherwise the kernel changes it whenever a port is added or removed.
  await host.sh(`ip link set ${bridge} address 02:00:00:00:88:01`);
  if (mtu !== 1500) await host.sh(`ip link set ${bridge} mtu ${mtu}`);
  if (plugin !== 'macvlan') return;
  await host.sh(`
    ip link add uplink mtu ${mtu} type veth peer name uplink-peer mtu ${mtu}
    for link in uplink uplink-peer; do echo 1 >/proc/sys/net/ipv6/conf/$link/disable_ipv6; done
    ip link set uplink-peer master br0 up
    ip link set uplink up`);
}
