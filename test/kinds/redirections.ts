import type { NodeView, Plan } from '../../src/kinds/device.ts';
import type { Tcfilter } from '../../src/kinds/redirection.ts';
import { planTcfilter, type TcfilterRequest } from '../../src/kinds/tcfilter.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Link } from '../../src/model/link.ts';
import type { Where } from '../../src/model/operation.ts';
import type { Ingress } from '../../src/model/pod-view.ts';
import type { QueuePairs } from '../../src/model/queues.ts';
import { linkNamed, names, nodeView, podOf } from './node.ts';

/** The link in the pod whose frames are redirected, with an address and a MAC in capitals. */
export const eth0 = linkNamed('eth0', {
  mac: '02:5C:1E:07:9A:41',
  addresses: [{ cidr: '10.88.0.5/16', scope: 'global' }],
});

/** The request for a redirection whose reader looks for the tap in `place`. */
export function requestFor(place: Where, changes: Partial<TcfilterRequest> = {}): TcfilterRequest {
  const queues = { queuePairs: 1 as QueuePairs, queueSize: undefined };
  return { device: 'tcfilter', ...queues, master: 'eth0' as InterfaceName, place, ...changes };
}

/** A node whose pod has the link. */
export function viewWith(link: Partial<Link> = {}, changes: Partial<NodeView> = {}): NodeView {
  return nodeView({ bridge: undefined, portMtus: [], pod: podOf({ links: [{ ...eth0, ...link }] }), ...changes });
}

export function planFor(
  place: Where,
  changes: Partial<TcfilterRequest> = {},
  link: Partial<Link> = {},
): Plan<Tcfilter> {
  return planTcfilter(requestFor(place, changes), viewWith(link));
}

/** An ingress with our redirect. */
export function redirected(to: string): Ingress {
  const ours = { kind: 'u32', preference: 49152, name: undefined, redirectsTo: to, cookie: names.cookie };
  return { disciplines: ['ingress'], filters: [ours] };
}

/** The unchanged links of a redirection. */
export function linksAsMade({ tap, mac, mtu, queuePairs, veth }: Tcfilter): readonly Link[] {
  const marks = ({ altname, alias }: { altname: string; alias: string }) => ({ altnames: [altname], alias, mtu });
  const data = { type: 'tap', vnet_hdr: true, multi_queue: queuePairs > 1 };
  const ends = veth === undefined ? [] : [veth.host, veth.pod];
  return [
    linkNamed(tap.name, { ...marks(tap), mac, kind: 'tun', data }),
    ...ends.map((end) => linkNamed(end.name, marks(end))),
  ];
}
