import type { Feature } from '../../../kinds/kind.ts';
import { type Check, observe } from '../check.ts';
import { concerning, networksWith, severityFor } from '../demand.ts';

/** Something that the kernel is asked to make, and what to do if it cannot. */
interface Probe {
  /** The subject of "can be made" and "cannot be made". */
  readonly what: string;
  readonly cure: string;
  /** The feature that this one depends on. If that is missing, this one is not reported. */
  readonly needs?: Feature;
}

const load = (module: string, options: string): string =>
  `"modprobe ${module}"; if there is no such module, the kernel was built without ${options}`;

const probes: Readonly<Record<Feature, Probe>> = {
  tap: { what: 'a tap with multi_queue and vnet_hdr', cure: load('tun', 'CONFIG_TUN') },
  altname: { what: 'an altname for a link', cure: 'run Linux 5.5 or later, and iproute2 5.4 or later' },
  veth: { what: 'a veth pair', cure: load('veth', 'CONFIG_VETH') },
  bridge: { what: 'a Linux bridge', cure: load('bridge', 'CONFIG_BRIDGE') },
  macvtap: { what: 'a macvtap', cure: load('macvtap', 'CONFIG_MACVTAP') },
  tbf: { what: 'a token bucket filter', cure: load('sch_tbf', 'CONFIG_NET_SCH_TBF') },
  ifb: { what: 'an ifb', cure: load('ifb', 'CONFIG_IFB') },
  ingress: { what: 'an ingress qdisc', cure: load('sch_ingress', 'CONFIG_NET_SCH_INGRESS') },
  u32: { what: 'a u32 filter', cure: load('cls_u32', 'CONFIG_NET_CLS_U32'), needs: 'ingress' },
  mirred: {
    what: 'a filter that redirects with mirred',
    cure: load('act_mirred', 'CONFIG_NET_ACT_MIRRED or CONFIG_NET_CLS_ACT'),
    needs: 'u32',
  },
};

/** Whether the kernel can make what dan needs. */
export const featureChecks = (Object.keys(probes) as Feature[]).map((feature) => toCheck(feature, probes[feature]));

function toCheck(feature: Feature, { what, cure, needs }: Probe): Check {
  return {
    id: `kernel-${feature}`,
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
      // Every future network of a node without networks will need these.
      const isBasic = networks.length === 0 && (feature === 'tap' || feature === 'altname');
      const seen = `${what} cannot be made: "${fault}"${concerning(neededBy)}`;
      yield observe(severityFor(neededBy, isBasic ? 'warning' : 'note'), seen, cure);
    },
  };
}
