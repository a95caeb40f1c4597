import { numberIn } from '../../../json/object.ts';
import type { Link } from '../../../model/link.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import type { BridgeFacts } from './bridges.ts';
import { naming } from './demand.ts';

/** Whether the Linux bridges of networks carry frames. */
export const bridgeChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'kernel-bridge-missing',
    fine: 'the bridges that networks name are there',
    why: 'A tap on the host is a port of the bridge that the network names: without it, ADD fails.',
    unasked,
    look: (facts) => bridgesOf(facts).flatMap((bridge) => missing(bridge, facts)),
  },
  {
    id: 'kernel-bridge-down',
    fine: 'the bridges that networks name are up',
    why: 'A bridge that is down forwards nothing: the pod starts, and reaches nobody.',
    unasked,
    look: (facts) =>
      linuxBridges(facts)
        .filter(({ link }) => !link.up)
        .map(({ name, networks }) => ({
          severity: 'error',
          seen: `the bridge ${name} of ${naming(networks)} is down`,
          cure: `"ip link set ${name} up", and have whatever makes it at the start of the node do so`,
        })),
  },
  {
    id: 'kernel-stp',
    fine: 'the bridges that networks name forward for a new port at once',
    why:
      'With the spanning tree protocol, a bridge forwards nothing for a new port until twice its forward delay is over: ' +
      'so long after its start, the pod reaches nobody.',
    unasked,
    look: (facts) => linuxBridges(facts).flatMap(slowStart),
  },
];

function unasked({ kernel: { bridges } }: NodeFacts): string | undefined {
  if (bridges === undefined) return 'only files are looked at';
  if (typeof bridges === 'string') return `the links could not be read (${bridges})`;
  return bridges.length === 0 ? 'no network names a bridge that may be one of Linux' : undefined;
}

/** The bridges that networks name and that may be of Linux. */
function bridgesOf({ kernel: { bridges } }: NodeFacts): readonly BridgeFacts[] {
  return bridges === undefined || typeof bridges === 'string' ? [] : bridges;
}

/** Those that are Linux bridges. */
export function linuxBridges(facts: NodeFacts): readonly (BridgeFacts & { readonly link: Link })[] {
  return bridgesOf(facts).flatMap(({ link, ...bridge }) => (link?.kind === 'bridge' ? [{ ...bridge, link }] : []));
}

function missing({ name, networks, link }: BridgeFacts, { ovs }: NodeFacts): readonly Observation[] {
  if (link?.kind === 'bridge') return [];
  if (
    ovs.switches.some(({ view }) => typeof view !== 'string' && view.bridges.some((bridge) => bridge.name === name))
  ) {
    return [];
  }
  const what = link === undefined ? 'is not there' : 'is no bridge';
  return [
    {
      severity: 'error',
      seen: `the bridge ${name} of ${naming(networks)} ${what}`,
      cure:
        link === undefined
          ? `make it, with "ip link add ${name} type bridge" and "ip link set ${name} up", or with "ovs-vsctl add-br ` +
            `${name}", by whatever configures the node’s network, or name another in "bridge"`
          : 'name a bridge in "bridge"; "ip -d link show type bridge" lists those of Linux',
    },
  ];
}

/** Parts of a second in which the kernel tells the times of a bridge (USER_HZ). */
const hertz = 100;

/** The shortest forward delay with STP, in seconds (BR_MIN_FORWARD_DELAY of net/bridge/br_private_stp.h). */
const shortest = 2;

function slowStart({ name, networks, link }: BridgeFacts & { readonly link: Link }): readonly Observation[] {
  const seconds = numberIn(link.data['forward_delay']) / hertz;
  if (numberIn(link.data['stp_state']) === 0 || seconds === 0) return [];
  return [
    {
      severity: 'warning',
      seen:
        `the bridge ${name} of ${naming(networks)} has STP on with a forward delay of ${seconds} s: a guest is ` +
        `unreachable for ${2 * seconds} s after ADD`,
      cure:
        `"ip link set ${name} type bridge stp_state 0" where the bridge has only one way out; else ` +
        (seconds > shortest
          ? `"ip link set ${name} type bridge forward_delay ${shortest * hertz}", the shortest that STP allows`
          : 'know that it takes this long, since it is the shortest that STP allows'),
    },
  ];
}
