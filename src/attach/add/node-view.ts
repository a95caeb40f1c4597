import { kernel } from '#kernel';
import { dependsOnPorts } from '../../kinds/bridge.ts';
import type { NodeView, Wants } from '../../kinds/device.ts';
import { wantsOf } from '../../kinds/kinds.ts';
import { socketPathOf } from '../../kinds/socket.ts';
import type { Site } from '../../host/site.ts';
import { lookAtSocket } from '../../host/socket.ts';
import { hasPinnedMac } from '../../host/sysfs.ts';
import { danError } from '../../model/error.ts';
import type { DerivedNames } from '../../model/identity.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { Link } from '../../model/link.ts';
import { externalIdsOf } from '../../model/ovs.ts';
import type { Ingress, PodView } from '../../model/pod-view.ts';
import type { SocketState } from '../../model/socket-path.ts';
import { lookAtOvs } from '../find-ovs.ts';
import { refuseSocketOfAnother } from './socket-owner.ts';
import type { Task } from './task.ts';

const nothing: Ingress = { disciplines: [], filters: [] };

/**
 * Looks at the bridge, the names that dan's links will have, the socket's path and the pod's namespace, side by side.
 * Changes nothing; `assumedPod` is taken for the pod's namespace, where there is none. Throws `tap-not-ours`, `ovs-unreachable`, `socket-path-unusable`.
 */
export async function lookAtNode(
  { request, config: { device }, identity, names }: Task,
  site: Site,
  assumedPod?: PodView,
): Promise<NodeView> {
  const { bridge, database, mtu, master, socket: wanted } = wantsOf(device);
  const [links, pod, ingress, socket] = await Promise.all([
    kernel.readLinks([names.link, ...(bridge === null ? [] : [bridge])], 'host', site),
    assumedPod ?? kernel.readPod(site),
    master === undefined || assumedPod !== undefined ? nothing : kernel.readIngress(master, 'pod', site),
    lookAtSocketOf(wanted, names),
  ]);
  const taken = [...links, ...pod.links].find((link) => isNamed(link, names.link));
  if (taken !== undefined) throw tapNotOurs(names, taken);
  const bridgeLink = bridge === null ? undefined : links.find((link) => isNamed(link, bridge));
  const portMtus =
    bridgeLink !== undefined && dependsOnPorts(bridgeLink, mtu) ? await kernel.readPortMtus(bridgeLink, site) : [];
  const bridgeMacIsSet = bridgeLink !== undefined && hasPinnedMac(bridgeLink);
  const ovs = await lookAtOvs({ bridge, database }, bridgeLink, names.link, site);
  const externalIds = externalIdsOf(identity, names.altname, request.environment.args);
  return { names, bridge: bridgeLink, bridgeMacIsSet, portMtus, ovs, externalIds, socket, pod, ingress };
}

async function lookAtSocketOf(wanted: Wants['socket'], names: DerivedNames): Promise<SocketState> {
  if (wanted === undefined) return 'missing';
  const path = socketPathOf(wanted, names);
  // A virtual machine that is starting must not get a connection that it does not wait for. Derived paths are unique.
  if (wanted.path !== undefined) refuseSocketOfAnother(path, names.link);
  return await lookAtSocket(path);
}

/**
 * Refuses a pod whose namespace has a link with an address that the file does not carry: Kata reads the file instead
 * of the namespace, and what is configured there would silently vanish. `carried` are the links it does carry.
 */
export function refuseHiddenLinks(
  netns: string,
  links: readonly Link[],
  carried: readonly (InterfaceName | undefined)[],
): void {
  const hidden = links.find(
    ({ name, addresses }) => name !== 'lo' && addresses.length > 0 && !carried.includes(name as InterfaceName),
  );
  if (hidden === undefined) return;
  const addresses = hidden.addresses.map(({ cidr }) => cidr).join(', ');
  throw danError(
    'pod-link-hidden',
    `the pod's namespace ${netns} has the link ${hidden.name} with ${addresses}, which the guest would ` +
      'lose: Kata reads a DAN file instead of the namespace. Take that network away from the pod, or attach its link ' +
      'with the device "tcfilter"',
  );
}

function isNamed({ name, altnames }: Link, wanted: string): boolean {
  return name === wanted || altnames.includes(wanted);
}

function tapNotOurs({ link }: DerivedNames, { alias }: Link): Error {
  return danError(
    'tap-not-ours',
    `the tap is to be named ${link}, and a link of that name exists that no record claims ` +
      `(alias ${JSON.stringify(alias ?? '')}): see with "ip -d link show ${link}" whose it is; if nobody's, delete it`,
  );
}
