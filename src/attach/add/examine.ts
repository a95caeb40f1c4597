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
 * Looks at the record, the file and the node, plans the device, and refuses what cannot work. It cannot check addresses
 * that are not known yet, and only reports a link that the guest would lose. Changes nothing. `assumedPod` stands in
 * for the pod's namespace if there is none.
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
  // The first interface of a file can clash with nothing yet. Its addresses and routes are checked once they are known.
  if (document !== undefined) refuseNewFaults(document, guestInterface({ identity, profile, ...plan }));
  if (document !== undefined && guest === undefined) await refuseHeldTaps(identity.sandbox, recordsOf(identity), site);
  if (guest !== undefined) await refuseInGuest(guest, { name: identity.ifname, mac: plan.guestMac }, task.log);
  const warnings = [...plan.warnings, ...config.unheeded.map(unheededText)];
  // A running guest keeps the interfaces that it has.
  const hidden = guest === undefined ? hiddenLink(view.pod.links, plan.device, identity) : undefined;
  return { ...task, plan: { ...plan, warnings }, view, document, hidden, guest };
}

// A network is plugged into a running sandbox only if its configuration asks for that.
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

// Whether the result of the earlier plugins contains a link or socket that dan itself made.
function isInResult(device: Device, prevResult: unknown): boolean {
  const made = [tapOf(device)?.name, socketOf(device)].filter((one) => one !== undefined);
  return elementsIn(objectIn(prevResult)['interfaces'])
    .map(objectIn)
    .some(({ name, socketPath }) => made.some((one) => one === name || one === socketPath));
}

const nothing: Ingress = { disciplines: [], filters: [] };

/** Determines what {@link lookAtNode} looks at. */
interface Sought {
  readonly device: DeviceRequest;
  readonly identity: Identity;
  readonly names: DerivedNames;
  /** CNI_ARGS. */
  readonly args: ReadonlyMap<string, string>;
}

/**
 * Looks at the bridge, the derived names of dan's links, the socket's path and the pod's namespace concurrently.
 * Changes nothing. `assumedPod` stands in for the pod's namespace if there is none. Throws `tap-not-ours`,
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
  // If an earlier plugin's result does not list the link, its name is known only now.
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

// If the device takes over a link, also reads the settings of that link that a guest cannot get.
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
  // dan must not connect to a socket on which a starting VMM waits for its own peer. Derived paths are unique, so only
  // an explicit path is checked.
  if (wanted.path !== undefined) refuseSocketOfAnother(path, names.link);
  return await lookAtSocket(path);
}

/**
 * A link in the pod's namespace that the guest would lose: neither `own` nor, by the records, another attachment of the
 * sandbox carries it. The records are read only if there is such a link. A DAN file is not needed: an attachment that
 * waits has only a record.
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
