import type { Check } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import type { Feature } from '../../../kinds/kind.ts';
import { concerning, networksWith, severityFor } from './demand.ts';

/** What the kernel is asked to make, and what it lacks where it cannot. */
interface Probe {
  readonly id: string;
  readonly feature: Feature;
  readonly fine: string;
  readonly what: string;
  readonly why: string;
  readonly cure: string;
  /** What it takes besides: where that is missing, this says nothing. */
  readonly needs?: Feature;
  /** A node without any network yet will need it. */
  readonly basic?: true;
}

const probes: readonly Probe[] = [
  {
    id: 'kernel-tap',
    feature: 'tap',
    fine: 'a tap with several queues can be made',
    what: 'a tap with multi_queue and vnet_hdr cannot be made',
    why: 'A tap is what the virtual machine plugs in: without one, ADD fails and the pod does not start.',
    cure: '"modprobe tun"; where there is no such module, the kernel was built without CONFIG_TUN',
    basic: true,
  },
  {
    id: 'kernel-altname',
    feature: 'altname',
    fine: 'links can have a second name',
    what: 'a link cannot be given an altname',
    why: 'The altname is how dan proves that a link is its own before it deletes it, so ADD fails without one.',
    cure: 'run a kernel from 5.5 on, with iproute2 from 5.4 on',
    basic: true,
  },
  {
    id: 'kernel-veth',
    feature: 'veth',
    fine: 'a veth pair can be made',
    what: 'a veth pair cannot be made',
    why: 'It leads from the pod’s namespace to the tap of a "device": "tcfilter"; most plugins before dan make one, too.',
    cure: '"modprobe veth"; where there is no such module, the kernel was built without CONFIG_VETH',
  },
  {
    id: 'kernel-bridge',
    feature: 'bridge',
    fine: 'a Linux bridge can be made',
    what: 'a Linux bridge cannot be made',
    why: 'A tap on the host is a port of the bridge that the network names.',
    cure: '"modprobe bridge"; where there is no such module, the kernel was built without CONFIG_BRIDGE',
  },
  {
    id: 'kernel-macvtap',
    feature: 'macvtap',
    fine: 'a macvtap can be made',
    what: 'a macvtap cannot be made',
    why: 'It is the device of a "device": "macvtap".',
    cure: '"modprobe macvtap"; where there is no such module, the kernel was built without CONFIG_MACVTAP',
  },
  {
    id: 'kernel-ingress',
    feature: 'ingress',
    fine: 'frames can be caught where they come in (ingress qdisc)',
    what: 'an ingress qdisc cannot be made',
    why: 'A "device": "tcfilter" catches the frames of the pod’s interface there.',
    cure: '"modprobe sch_ingress"; where there is no such module, the kernel was built without CONFIG_NET_SCH_INGRESS',
  },
  {
    id: 'kernel-u32',
    feature: 'u32',
    fine: 'filters that match every frame can be made (u32)',
    what: 'a u32 filter cannot be made',
    why: 'A "device": "tcfilter" picks frames with it.',
    cure: '"modprobe cls_u32"; where there is no such module, the kernel was built without CONFIG_NET_CLS_U32',
    needs: 'ingress',
  },
  {
    id: 'kernel-mirred',
    feature: 'mirred',
    fine: 'frames can be redirected to another link (mirred)',
    what: 'a filter that redirects with mirred cannot be made',
    why: 'A "device": "tcfilter" sends frames on with it.',
    cure:
      '"modprobe act_mirred"; where there is no such module, the kernel was built without CONFIG_NET_ACT_MIRRED, or ' +
      'without CONFIG_NET_CLS_ACT',
    needs: 'u32',
  },
];

/** Whether the kernel makes what dan asks it for. */
export const probeChecks: readonly Check<NodeFacts>[] = probes.map(toCheck);

function toCheck({ id, feature, fine, what, why, cure, needs, basic }: Probe): Check<NodeFacts> {
  return {
    id,
    fine,
    why,
    unasked: ({ kernel: { probes: tried, deviceNodes } }) => {
      const isWithoutDriver = deviceNodes !== undefined && deviceNodes.tun.state !== 'device';
      if (feature === 'tap' && isWithoutDriver) return 'it takes /dev/net/tun first';
      if (needs !== undefined && tried.faults[needs] !== undefined) return `it takes a working ${needs} first`;
      return tried.tried.includes(feature) ? undefined : (tried.hindrance ?? 'it was not tried');
    },
    look: ({ kernel, cni }) => {
      const fault = kernel.probes.faults[feature];
      if (fault === undefined) return [];
      const networks = networksWith(cni.networks, feature);
      const otherwise = basic === true && cni.networks.length === 0 ? 'warning' : 'note';
      return [{ severity: severityFor(networks, otherwise), seen: `${what}: "${fault}"${concerning(networks)}`, cure }];
    },
  };
}
