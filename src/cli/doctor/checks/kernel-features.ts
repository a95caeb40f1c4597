import type { Feature } from '../../../kinds/kind.ts';
import { type Check, observe } from '../check.ts';
import { concerning, networksWith, severityFor } from '../demand.ts';

/** What the kernel is asked to make, and what to do where it cannot. */
interface Probe {
  readonly feature: Feature;
  /** As a sentence says that it can be made, or cannot. */
  readonly what: string;
  readonly why: string;
  readonly cure: string;
  /** What it takes besides: where that is missing, this says nothing. */
  readonly needs?: Feature;
}

const load = (module: string, options: string): string =>
  `"modprobe ${module}"; if there is no such module, the kernel was built without ${options}`;

const probes: readonly Probe[] = [
  {
    feature: 'tap',
    what: 'a tap with multi_queue and vnet_hdr',
    why: 'The virtual machine is plugged into a tap. Without one, ADD fails and the pod does not start.',
    cure: load('tun', 'CONFIG_TUN'),
  },
  {
    feature: 'altname',
    what: 'an altname for a link',
    why: 'By its altname dan proves that a link is its own before it deletes it. Without altnames, ADD fails.',
    cure: 'run Linux 5.5 or later, and iproute2 5.4 or later',
  },
  {
    feature: 'veth',
    what: 'a veth pair',
    why: 'With "device": "tcfilter", it connects the pod’s namespace to the tap. Most plugins before dan make one, too.',
    cure: load('veth', 'CONFIG_VETH'),
  },
  {
    feature: 'bridge',
    what: 'a Linux bridge',
    why: 'A tap on the host becomes a port of the bridge that the network names.',
    cure: load('bridge', 'CONFIG_BRIDGE'),
  },
  {
    feature: 'macvtap',
    what: 'a macvtap',
    why: 'It is the device of "device": "macvtap".',
    cure: load('macvtap', 'CONFIG_MACVTAP'),
  },
  {
    feature: 'ingress',
    what: 'an ingress qdisc',
    why: 'With "device": "tcfilter", dan takes the frames of the pod’s interface from it.',
    cure: load('sch_ingress', 'CONFIG_NET_SCH_INGRESS'),
  },
  {
    feature: 'u32',
    what: 'a u32 filter',
    why: 'With "device": "tcfilter", dan uses it to match every frame.',
    cure: load('cls_u32', 'CONFIG_NET_CLS_U32'),
    needs: 'ingress',
  },
  {
    feature: 'mirred',
    what: 'a filter that redirects with mirred',
    why: 'With "device": "tcfilter", dan uses it to hand frames to the other link.',
    cure: load('act_mirred', 'CONFIG_NET_ACT_MIRRED or CONFIG_NET_CLS_ACT'),
    needs: 'u32',
  },
];

/** Whether the kernel makes what dan asks it for. */
export const featureChecks: readonly Check[] = probes.map(({ feature, what, why, cure, needs }) => ({
  id: `kernel-${feature}`,
  fine: `${what} can be made`,
  why,
  unasked: ({ kernel: { probes: tried, deviceNodes } }) => {
    const isWithoutDriver = deviceNodes !== undefined && deviceNodes.tun.state !== 'device';
    if (feature === 'tap' && isWithoutDriver) return 'it takes /dev/net/tun first';
    if (needs !== undefined && tried.faults[needs] !== undefined) return `it takes a working ${needs} first`;
    return tried.tried.includes(feature) ? undefined : (tried.hindrance ?? 'it was not tried');
  },
  *look({ kernel, cni: { networks } }) {
    const fault = kernel.probes.faults[feature];
    if (fault === undefined) return;
    const neededBy = networksWith(networks, feature);
    // Every network of a node that has none yet will need these.
    const isBasic = networks.length === 0 && (feature === 'tap' || feature === 'altname');
    const seen = `${what} cannot be made: "${fault}"${concerning(neededBy)}`;
    yield observe(severityFor(neededBy, isBasic ? 'warning' : 'note'), seen, cure);
  },
}));
