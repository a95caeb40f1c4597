import type { NodeView } from '../../src/kinds/device.ts';
import { deriveNames } from '../../src/model/identity.ts';
import type { Link } from '../../src/model/link.ts';
import { externalIdsOf } from '../../src/model/ovs.ts';
import type { PodView } from '../../src/model/pod-view.ts';

/** The attachment in the tests. */
export const identity = { network: 'kata-net', sandbox: 'sandbox-1', ifname: 'eth0' } as const;

/** The attachment's names. */
export const names = deriveNames(identity);

/** A link that is up, without other relevant attributes. */
export function linkNamed(name: string, changes: Partial<Link> = {}): Link {
  return {
    index: 2,
    name,
    altnames: [],
    alias: undefined,
    mac: '02:00:00:00:00:e0',
    mtu: 1500,
    up: true,
    carrier: true,
    queueLength: 1000,
    master: undefined,
    kind: 'veth',
    data: {},
    addresses: [],
    ...changes,
  };
}

/** A bridge that filters VLANs, with its own MAC. */
export function bridgeLink(changes: Partial<Link> = {}): Link {
  const data = { vlan_filtering: 1, vlan_protocol: '802.1Q', vlan_default_pvid: 1 };
  return linkNamed('br0', { index: 3, mac: '02:00:00:00:00:b0', kind: 'bridge', data, ...changes });
}

/** The content of a pod's namespace; empty except for a test's changes. */
export function podOf(changes: Partial<PodView> = {}): PodView {
  return { links: [], routes: [], neighbors: [], ...changes };
}

/** The state of the node: the bridge br0 with an explicit MTU (its port has another one), and an empty pod. */
export function nodeView(changes: Partial<NodeView> = {}): NodeView {
  return {
    names,
    bridge: bridgeLink(),
    bridgeMacIsSet: true,
    portMtus: [1400],
    ovs: undefined,
    externalIds: externalIdsOf(identity, names.altname, new Map()),
    socket: 'missing',
    pod: podOf(),
    ingress: { disciplines: [], filters: [] },
    ...changes,
  };
}
