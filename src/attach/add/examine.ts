import { kernel } from '#kernel';
import { guestInterface } from '../../dan/guest-entry.ts';
import { elementsIn, objectIn } from '../../json/object.ts';
import { unheededText } from '../../config/injected.ts';
import { mtuFaults } from '../../dan/limits.ts';
import { readDanFile } from '../../dan/store.ts';
import { dependsOnPorts } from '../../kinds/bridge.ts';
import type { NodeView, Wants } from '../../kinds/device.ts';
import { type Device, type DeviceRequest, planDevice, socketOf, tapOf, wantsOf } from '../../kinds/kinds.ts';
import { findMaster } from '../../kinds/master.ts';
import { socketPathOf } from '../../kinds/socket.ts';
import type { Site } from '../../host/site.ts';
import { lookAtSocket } from '../../host/socket.ts';
import { hasPinnedMac } from '../../host/sysfs.ts';
import { danError } from '../../model/error.ts';
import type { DerivedNames, Identity } from '../../model/identity.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { Link } from '../../model/link.ts';
import { externalIdsOf } from '../../model/ovs.ts';
import type { Ingress, PodView } from '../../model/pod-view.ts';
import type { SocketState } from '../../model/socket-path.ts';
import { lookAtOvs } from '../find-ovs.ts';
import { addressedText, carriedLinks, hiddenLinks } from '../hidden-links.ts';
import { readRecord, readRecords, recordPath } from '../record.ts';
import { refuseHeldTaps, refuseRunning } from '../running.ts';
import { refuseSocketOfAnother } from './claim.ts';
import { attachmentExists, netnsOfFile, refuseAttached, refuseNewFaults } from './sandbox-file.ts';
import type { PlannedTask, Task } from './task.ts';

/**
 * Looks at record, file and node, plans the device, and refuses what cannot work, except for addresses that are not
 * known yet. Changes nothing. `assumedPod` replaces the pod's namespace where there is none.
 */
export async function examine(task: Task, site: Site, assumedPod?: PodView): Promise<PlannedTask> {
  const { request, config, identity, names, file, profile } = task;
  const { netns } = request.environment;
  const record = readRecord(names.link);
  if (record !== 'missing') {
    const isTwice = typeof record !== 'string' && isInResult(record.device, request.input.document['prevResult']);
    throw attachmentExists(identity, recordPath(names.link), isTwice);
  }
  await refuseRunning(identity.sandbox);
  const document = readDanFile(file);
  const sought = { device: config.device, identity, names, args: request.environment.args };
  const view = await lookAtNode(sought, site, assumedPod);
  const plan = planDevice(config.device, view);
  const tooLarge = mtuFaults(profile, plan.attached.kind, plan.mtu);
  if (tooLarge.length > 0) throw danError('not-carried-by-profile', tooLarge.join('; '));
  refuseAttached(file, document, identity, netnsOfFile(plan, netns));
  refuseNewFaults(document, guestInterface({ identity, profile, ...plan }));
  // The file has the addresses of this attachment's link, and of those of the sandbox's other attachments.
  const others = document === undefined ? [] : readRecords().filter(({ sandbox }) => sandbox === identity.sandbox);
  await refuseHeldTaps(identity.sandbox, others, site);
  const carried = carriedLinks([plan, ...others].map(({ device }) => device));
  refuseHiddenLinks(netns, view.pod.links, carried);
  const warnings = [...plan.warnings, ...config.unheeded.map(unheededText)];
  return { ...task, plan: { ...plan, warnings }, view, document };
}

// Whether the result of the plugins before this one has what dan itself made.
function isInResult(device: Device, prevResult: unknown): boolean {
  const made = [tapOf(device)?.name, socketOf(device)].filter((one) => one !== undefined);
  return elementsIn(objectIn(prevResult)['interfaces'])
    .map(objectIn)
    .some(({ name, socketPath }) => made.some((one) => one === name || one === socketPath));
}

const nothing: Ingress = { disciplines: [], filters: [] };

/** For what a look at the node is. */
interface Sought {
  readonly device: DeviceRequest;
  readonly identity: Identity;
  readonly names: DerivedNames;
  /** CNI_ARGS. */
  readonly args: ReadonlyMap<string, string>;
}

/**
 * Looks at the bridge, the names that dan's links will have, the socket's path and the pod's namespace, side by side.
 * Changes nothing; `assumedPod` is taken for the pod's namespace, where there is none. Throws `tap-not-ours`,
 * `ovs-unreachable`, `socket-path-unusable`.
 */
export async function lookAtNode(
  { device, identity, names, args }: Sought,
  site: Site,
  assumedPod?: PodView,
): Promise<NodeView> {
  const { bridge: bridgeName, database, mtu, master, socket: wanted } = wantsOf(device);
  const sought = assumedPod === undefined ? master?.master : undefined;
  const [links, seen, socket] = await Promise.all([
    kernel.readLinks([names.link, ...(bridgeName === null ? [] : [bridgeName])], 'host', site),
    assumedPod === undefined ? lookAtPod(sought, site) : { pod: assumedPod, ingress: nothing },
    lookAtSocketOf(wanted, names),
  ]);
  // Which link it is that a plugin's result does not list is known only now.
  const taken =
    master === undefined || sought === undefined
      ? undefined
      : (findMaster(master, seen.pod.links)?.name as InterfaceName | undefined);
  const there = taken === undefined || taken === sought ? seen : await lookAtPod(taken, site);
  const { pod } = there;
  const occupant = [...links, ...pod.links].find((link) => isNamed(link, names.link));
  if (occupant !== undefined) throw tapNotOurs(names, occupant);
  const bridge = bridgeName === null ? undefined : links.find((link) => isNamed(link, bridgeName));
  const portMtus = bridge !== undefined && dependsOnPorts(bridge, mtu) ? await kernel.readPortMtus(bridge, site) : [];
  const bridgeMacIsSet = bridge !== undefined && hasPinnedMac(bridge);
  const ovs = await lookAtOvs({ bridge: bridgeName, database }, bridge, names.link, site);
  const externalIds = externalIdsOf(identity, names.altname, args);
  return { names, bridge, bridgeMacIsSet, portMtus, ovs, externalIds, socket, ...there };
}

// Of a link that a device takes over, also what no guest could get of it.
async function lookAtPod(
  taken: InterfaceName | undefined,
  site: Site,
): Promise<Pick<NodeView, 'ingress' | 'pod' | 'policy'>> {
  if (taken === undefined) return { pod: await kernel.readPod(site), ingress: nothing };
  const [pod, ingress, policy] = await Promise.all([
    kernel.readPod(site, taken),
    kernel.readIngress(taken, 'pod', site),
    kernel.readPolicy(taken, site),
  ]);
  return { pod, ingress, policy };
}

async function lookAtSocketOf(wanted: Wants['socket'], names: DerivedNames): Promise<SocketState> {
  if (wanted === undefined) return 'missing';
  const path = socketPathOf(wanted, names);
  // A virtual machine that is starting must not get a connection that it does not wait for. Derived paths are unique.
  if (wanted.path !== undefined) refuseSocketOfAnother(path, names.link);
  return await lookAtSocket(path);
}

/** Refuses a pod whose namespace has a link that the guest would lose. Throws `pod-link-hidden`. */
export function refuseHiddenLinks(netns: string, links: readonly Link[], carried: readonly string[]): void {
  const [hidden] = hiddenLinks(links, carried);
  if (hidden === undefined) return;
  throw danError(
    'pod-link-hidden',
    `the pod's namespace ${netns} has the link ${addressedText(hidden)}, which the guest would lose: Kata reads a DAN ` +
      'file instead of the namespace. Take that network away from the pod, or attach its link with the device "tcfilter"',
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
