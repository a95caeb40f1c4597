import { wantsOf } from '../../kinds/kinds.ts';
import type { NetworkConfig } from '../../config/interpret.ts';
import type { Link } from '../../model/link.ts';
import type { KernelRoute, PodView } from '../../model/pod-view.ts';
import { makesInterface } from '../../node/chain.ts';

/** The assumed path of a pod's namespace. */
export const assumedNetns = '/run/netns/example';

/** A pod that does not exist, and the assumptions about it as sentences. */
export interface AssumedPod {
  readonly view: PodView;
  readonly assumptions: readonly string[];
}

/** The pod as the plugins before dan could leave it: with one interface, or empty if there are no such plugins. */
export function assumePod({ device }: NetworkConfig, before: readonly string[], ifname: string): AssumedPod {
  const name = wantsOf(device).master?.master ?? (before.some(makesInterface) ? ifname : undefined);
  const where = `the pod's namespace is ${assumedNetns}`;
  if (name === undefined) {
    return { view: { links: [], routes: [], neighbors: [] }, assumptions: [`${where}, and nothing is in it`] };
  }
  const [mac, mtu, address, network, router] = ['02:00:00:00:00:01', 1500, '192.0.2.5', '192.0.2.0/24', '192.0.2.1'];
  const link: Link = {
    index: 2,
    name,
    altnames: [],
    alias: undefined,
    mac,
    mtu,
    up: true,
    carrier: true,
    queueLength: 1000,
    master: undefined,
    kind: 'veth',
    data: {},
    addresses: [{ cidr: `${address}/24`, scope: 'global' }],
  };
  return {
    view: {
      links: [link],
      routes: [
        { ...routeOf(name, network), protocol: 'kernel', scope: 'link', source: address },
        { ...routeOf(name, 'default'), gateway: router },
      ],
      neighbors: [],
    },
    assumptions: [
      `${where}, and has ${name} with the MAC ${mac}, the MTU ${mtu}, the address ${address}/24 and a default route via ` +
        `${router}; its ingress is free`,
    ],
  };
}

function routeOf(link: string, destination: string): KernelRoute {
  return {
    destination,
    family: 4,
    links: [link],
    gateway: undefined,
    protocol: 'boot',
    type: 'unicast',
    table: 'main',
    scope: 'global',
    metric: 0,
    source: undefined,
    onlink: false,
    mtu: undefined,
    unsupported: undefined,
  };
}
