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
import type { Log } from '../../host/log.ts';
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
import { carriedLinks, hiddenLinks } from '../hidden-links.ts';
import type { Guest } from '../plugging.ts';
import { type AttachmentRecord, lookAtRecord, readRecords } from '../record.ts';
import { refuseHeldTaps, refuseRunning } from '../running.ts';
import { refuseSocketOfAnother } from './claim.ts';
import { netnsOfFile, refuseAttached, refuseNewFaults, refuseRecorded } from './sandbox-file.ts';
import type { ExaminedTask, Task } from './task.ts';

/**
 * Looks at record, file and node, plans the device, and refuses what cannot work, except for addresses that are not
 * known yet, and for a link that the guest would lose. Changes nothing. `assumedPod` replaces the pod's namespace where
 * there is none.
 */
export async function examine(task: Task, site: Site, assumedPod?: PodView): Promise<ExaminedTask> {
  const { request, config, identity, names, file, profile, isAnnounced = false } = task;
  const { netns } = request.environment;
  const state = isAnnounced ? ({ is: 'missing' } as const) : lookAtRecord(identity, names);
  refuseRecorded(identity, names, state, (device) => isInResult(device, request.input.document['prevResult']));
  const guest = await guestOrRefusal(task);
  const document = readDanFile(file);
  const sought = { device: config.device, identity, names, args: request.environment.args };
  const view = await lookAtNode(sought, site, assumedPod);
  const plan = planDevice(config.device, view);
  const tooLarge = mtuFaults(profile, plan.attached.kind, plan.mtu);
  if (tooLarge.length > 0) throw danError('not-carried-by-profile', tooLarge.join('; '));
  refuseAttached(file, document, identity, netnsOfFile(plan, netns));
  // The first interface of a file can clash with nothing yet; its addresses and routes are looked at once they are known.
  if (document !== undefined) refuseNewFaults(document, guestInterface({ identity, profile, ...plan }));
  if (document !== undefined && guest === undefined) await refuseHeldTaps(identity.sandbox, recordsOf(identity), site);
  if (guest !== undefined) await refuseInGuest(guest, { name: identity.ifname, mac: plan.guestMac }, task.log);
  const warnings = [...plan.warnings, ...config.unheeded.map(unheededText)];
  // What a guest that runs has, it keeps.
  const hidden = guest === undefined ? hiddenLink(view.pod.links, plan.device, identity) : undefined;
  return { ...task, plan: { ...plan, warnings }, view, document, hidden, guest };
}

// Only a network that says so is plugged into a sandbox that runs.
async function guestOrRefusal({ request, config, identity, netnsInode }: Task): Promise<Guest | undefined> {
  const { sandbox: id } = identity;
  if (!config.hotplug) {
    await refuseRunning(id);
    return undefined;
  }
  const { findGuest } = await import('../plugging.ts');
  const { interrupted } = request;
  return await findGuest({ id, netnsInode, timeoutSeconds: config.commandTimeout, interrupted });
}

async function refuseInGuest(
  guest: Guest,
  nic: { readonly name: string; readonly mac: string },
  log: Log,
): Promise<void> {
  const { refuseTakenIn } = await import('../plugging.ts');
  await refuseTakenIn(guest, nic, log);
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
  const { bridge: bridgeName, database, mtu, master, socket: wanted, function: wantedFunction } = wantsOf(device);
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
  const view = { names, bridge, bridgeMacIsSet, portMtus, ovs, externalIds, socket, ...there };
  if (wantedFunction === undefined) return view;
  const { lookAtFunctions } = await import('../function/look.ts');
  return { ...view, ...(await lookAtFunctions(wantedFunction, names.link, site)) };
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

/**
 * A link of the pod's namespace that the guest would lose: `own` does not carry it, nor does another attachment of the
 * sandbox, as the records say. They are read only where there is such a link, and do not need a file: an attachment that
 * waits has a record alone.
 */
function hiddenLink(links: readonly Link[], own: Device, identity: Identity): Link | undefined {
  const hidden = hiddenLinks(links, carriedLinks([own]));
  if (hidden.length === 0) return undefined;
  return hiddenLinks(hidden, carriedLinks(recordsOf(identity).map(({ device }) => device)))[0];
}

function recordsOf({ sandbox }: Identity): readonly AttachmentRecord[] {
  return readRecords().filter((record) => record.sandbox === sandbox);
}

function isNamed({ name, altnames }: Link, wanted: string): boolean {
  return name === wanted || altnames.includes(wanted);
}

function tapNotOurs({ link }: DerivedNames, { alias }: Link): Error {
  return danError(
    'tap-not-ours',
    `the tap needs the name ${link}, and a link of that name exists that no record claims ` +
      `(alias ${JSON.stringify(alias ?? '')}): see with "ip -d link show ${link}" whose it is; if nobody's, delete it`,
  );
}
