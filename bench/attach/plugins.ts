import { pluginDirectory } from '../../integration/harness/install.ts';
import { subjects } from '../subjects.ts';
import { danBridge, goBridge, uplink } from './node.ts';

/** A CNI plugin with a network configuration. */
export interface Plugin {
  readonly name: string;
  readonly program: string;
  /** The network configuration, without name and version. */
  readonly network: Readonly<Record<string, unknown>>;
  /** The subject with which it is compared. */
  readonly against?: string;
  /** Whether it runs after another plugin, whose interface is in the pod. */
  readonly behindAnother: boolean;
  /** Whether it supports CHECK. */
  readonly checks: boolean;
}

/** The plugins in a section: dan, and Debian's plugins. */
export interface Plugins {
  readonly hostTap: Plugin;
  readonly hostTapIpam: Plugin;
  readonly bridge: Plugin;
  readonly bridgeIpam: Plugin;
  /** All plugins, including those above. */
  readonly all: readonly Plugin[];
}

// IPv4 only: with an IPv6 address, Debian's plugins wait for duplicate address detection.
const ipam = { type: 'host-local', ranges: [[{ subnet: '10.88.0.0/16' }]], routes: [{ dst: '0.0.0.0/0' }] };

/** All plugins, with dan's executable at `program`. */
export function plugins(program: string): Plugins {
  const dan = (name: string, network: Plugin['network'], against: string): Plugin => ({
    ...{ name, program, against, checks: true },
    network: { type: 'dan', ...network },
    behindAnother: network['runtime'] !== undefined,
  });
  const hostTap = dan(subjects.hostTap, { bridge: danBridge }, subjects.bridge);
  const hostTapIpam = dan(subjects.hostTapIpam, { bridge: danBridge, ipam }, subjects.bridgeIpam);
  const bridge = debian(subjects.bridge, { type: 'bridge', bridge: goBridge, ipam: {} });
  const bridgeIpam = debian(subjects.bridgeIpam, { type: 'bridge', bridge: goBridge, ipam });
  const all = [
    dan(subjects.hostTapAlone, { bridge: null }, subjects.bridge),
    hostTap,
    hostTapIpam,
    dan(subjects.tcfilterHost, { device: 'tcfilter', runtime: 'runtime-rs' }, subjects.bridge),
    dan(subjects.tcfilterPod, { device: 'tcfilter', runtime: 'generic' }, subjects.bridge),
    dan(subjects.macvtap, { device: 'macvtap', runtime: 'generic' }, subjects.bridge),
    bridge,
    bridgeIpam,
    debian(subjects.ptpIpam, { type: 'ptp', ipam }, subjects.bridgeIpam),
    debian(subjects.macvlan, { type: 'macvlan', master: uplink, mode: 'bridge', ipam: {} }, subjects.bridge),
    debian(subjects.macvlanIpam, { type: 'macvlan', master: uplink, mode: 'bridge', ipam }, subjects.bridgeIpam),
  ];
  return { hostTap, hostTapIpam, bridge, bridgeIpam, all };
}

function debian(
  name: string,
  network: { readonly type: string; readonly ipam: object; readonly [key: string]: unknown },
  against?: string,
): Plugin {
  return {
    name,
    program: `${pluginDirectory}/${network.type}`,
    network,
    ...(against === undefined ? {} : { against }),
    behindAnother: false,
    // Without an IPAM plugin, CHECK of Debian's plugins fails, since they call one anyway.
    checks: 'type' in network.ipam,
  };
}
