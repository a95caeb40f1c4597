import { kernel } from '#kernel';
import { noArpFlag } from '../dan/encode.ts';
import { findEntry } from '../dan/merge.ts';
import { danFile, readDanFile } from '../dan/store.ts';
import type { OwnLink, Shaper } from '../kinds/device.ts';
import { recordedKindOf } from '../kinds/kinds.ts';
import type { TapUsers } from '../kinds/tap.ts';
import { ovsPortFaults } from '../kinds/ovs-port.ts';
import { podRouteFaults, podRoutes } from '../kinds/pod-routes.ts';
import { findingsOf, findingText, isRefused } from '../kinds/pod-namespace/find.ts';
import { hopFaults } from '../kinds/redirection.ts';
import { shaperFaults } from '../kinds/shaping.ts';
import { macvtapNodeFault } from '../host/device-node.ts';
import { withNetns } from '../host/netns.ts';
import { readOvsPort } from '../host/ovs.ts';
import type { Site } from '../host/site.ts';
import { linkAttribute } from '../host/sysfs.ts';
import { danError } from '../model/error.ts';
import { deriveNames, type SandboxId } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Where } from '../model/operation.ts';
import type { PodPolicy, PodView } from '../model/pod-view.ts';
import { sameJson } from '../json/same.ts';
import type { Request } from '../protocol/dispatch.ts';
import { protocolError } from '../protocol/error.ts';
import { resultFault } from '../protocol/result.ts';
import { ownerText } from './add/claim.ts';
import { addressedText, carriedLinks, hiddenLinkCure, hiddenLinks } from './hidden-links.ts';
import { delegate } from './ipam.ts';
import { type AttachmentRecord, lookAtRecord, type RecordState, readRecords } from './record.ts';
import { timeoutOf } from './settings.ts';

/**
 * Checks that an attachment is as ADD left it: record, device, entry in the file, and the IPAM plugin's own check.
 * Throws one `check-failed` that names every difference.
 */
export async function check(request: Request): Promise<void> {
  const { environment, input } = request;
  const previous = input.document['prevResult'] ?? undefined;
  const fault = previous === undefined ? 'is missing' : resultFault(previous);
  if (fault !== undefined) {
    throw protocolError(
      'invalid-configuration',
      `CHECK needs the result of the ADD, which the runtime passes, and "prevResult" ${fault}`,
    );
  }
  const identity = { network: input.name, sandbox: environment.containerId, ifname: environment.ifname };
  const state = lookAtRecord(identity, deriveNames(identity));
  if (state.is !== 'ours') throw failed([recordText(state)]);
  const { record } = state;
  const faults = await allFaults(record, environment.netns, timeoutOf(input.document));
  if (faults.length > 0) throw failed(faults);
  if (record.ipam !== undefined) await delegate(request, 'CHECK', record.ipam.type, input.document);
}

/** Like `attachmentFaults`. If the interface was plugged in, also asks the monitor and the guest agent. */
export async function allFaults(
  record: AttachmentRecord,
  netns: string,
  timeoutSeconds: number,
): Promise<readonly string[]> {
  const faults = await attachmentFaults(record, netns, timeoutSeconds);
  const { plugged } = record;
  if (plugged === undefined) return faults;
  const { plugFaults } = await import('./plugging.ts');
  return [...faults, ...(await plugFaults({ ...record, plugged }, timeoutSeconds))];
}

/**
 * How an attachment differs from what ADD left, as sentences. Does not ask the IPAM plugin. `netns` is the path of the
 * pod's namespace, and each program may take `timeoutSeconds`.
 */
async function attachmentFaults(
  record: AttachmentRecord,
  netns: string,
  timeoutSeconds: number,
): Promise<readonly string[]> {
  const faults = await withNetns(netns, (pod) => faultsOf(record, { timeoutSeconds, pod }));
  return [...faults, ...fileFaults(record)];
}

async function faultsOf(record: AttachmentRecord, site: Site): Promise<readonly string[]> {
  const { device } = record;
  const kind = recordedKindOf(device);
  const own = kind.links(device);
  if (site.pod === undefined && own.some((link) => link.in === 'pod')) return ["the pod's namespace is gone"];
  const names = (where: Where): string[] => own.filter((link) => link.in === where).map(({ name }) => name);
  const vlanPort = kind.vlanPort(device);
  const ovsPort = kind.port(device);
  // Concurrent kernel reads share a few sockets.
  const [onHost, inPod, hops, shapers, ipv6, vlans, port, pod] = await Promise.all([
    kernel.readLinks(names('host'), 'host', site),
    site.pod === undefined ? [] : kernel.readLinks(names('pod'), 'pod', site),
    Promise.all(kind.hops(device).map(async (hop) => hopFaults(hop, await kernel.readIngress(hop.link, hop.in, site)))),
    shaperFaultsOf(kind.shapers(device), site),
    ipv6Faults(own, site),
    vlanPort === undefined ? [] : kernel.readVlans(vlanPort, site),
    ovsPort === undefined ? undefined : readOvsPort(ovsPort, site),
    podFaults(record, site),
  ]);
  const hasFunction = kind.function(device) !== undefined;
  const ofFunction = hasFunction ? await (await import('./function/check.ts')).functionFaultsOf(device, site) : [];
  const tap = onHost.find(({ name }) => name === own[0]?.name);
  return [
    ...kind.faults(device, [...onHost, ...inPod], usersOf(tap)),
    ...ofFunction,
    ...hops.flat(),
    ...shapers,
    ...ipv6,
    ...(vlanPort === undefined ? [] : kind.vlanFaults(device, vlans)),
    ...(ovsPort === undefined ? [] : ovsPortFaults(ovsPort, port)),
    ...pod,
  ];
}

async function shaperFaultsOf(shapers: readonly Shaper[], site: Site): Promise<readonly string[]> {
  const found = await Promise.all(
    shapers.map(async (one) => shaperFaults(one, await kernel.readTokenBucket(one.link, one.in, site))),
  );
  return found.flat();
}

// With IPv6 on, the host would accept addresses and routes from a guest's router advertisements.
async function ipv6Faults(links: readonly OwnLink[], site: Site): Promise<readonly string[]> {
  const found = await Promise.all(
    links.map(async ({ name, in: where }) =>
      (await kernel.hasIpv6(name, where, site)) ? [`IPv6 is on at ${name}`] : [],
    ),
  );
  return found.flat();
}

// Faults in the pod's namespace other than those of dan's own links.
async function podFaults(record: AttachmentRecord, site: Site): Promise<readonly string[]> {
  if (site.pod === undefined) return [];
  const master = recordedKindOf(record.device).master(record.device);
  const [pod, policy] = await Promise.all([
    kernel.readPod(site, master),
    master === undefined ? undefined : kernel.readPolicy(master, site),
  ]);
  const faults = await masterFaults(record, pod, policy, site);
  // The other records are read only if there is a link that this one does not carry.
  const unseen = hiddenLinks(pod.links, carriedLinks([record.device]));
  // An interface that was plugged in only adds to what the guest had.
  if (unseen.length === 0 || record.plugged !== undefined) return faults;
  const devices = readRecords().flatMap(({ sandbox, device }) => (sandbox === record.sandbox ? [device] : []));
  const hidden = hiddenLinks(unseen, carriedLinks(devices)).map(
    (link) => `the pod's namespace has ${addressedText(link)}, which the guest does not have: ${hiddenLinkCure}`,
  );
  return [...faults, ...hidden];
}

// Faults of the link in the pod from which the device takes its frames, and of the device nodes of dan's own links.
async function masterFaults(
  { device, guestMac: mac, entry, podRoutes: before }: AttachmentRecord,
  pod: PodView,
  policy: PodPolicy | undefined,
  site: Site,
): Promise<readonly string[]> {
  const kind = recordedKindOf(device);
  const master = kind.master(device);
  if (master === undefined) return [];
  const { links } = pod;
  const { ip_addresses: addresses = [], flags = 0 } = entry?.network_info.interface ?? {};
  const nodes = kind.makes(device).map(async (made) => {
    if (made.make !== 'macvtap-node' || !links.some(({ name }) => name === made.link)) return undefined;
    return await macvtapNodeFault(made.path, made.link, site);
  });
  const nodeFaults = (await Promise.all(nodes)).filter((fault) => fault !== undefined);
  const guest = { mac, addresses, noArp: (flags & noArpFlag) !== 0 };
  const taken = kind.takes(device) !== undefined;
  const now = podRoutes(master, pod);
  return [
    ...kind.masterFaults(device, guest, links),
    ...(before === undefined ? [] : podRouteFaults(master, { before, now, taken })),
    ...(policy === undefined ? [] : lostIn(master, pod, policy)),
    ...nodeFaults,
  ];
}

// Settings that appeared after ADD, and that an ADD would refuse.
function lostIn(master: InterfaceName, pod: PodView, policy: PodPolicy): readonly string[] {
  const link = pod.links.find(({ name }) => name === master);
  if (link === undefined) return [];
  return findingsOf(link, pod, policy)
    .filter(isRefused)
    .map((finding) => `${master} in the pod's namespace: ${findingText(finding)}`);
}

function fileFaults(record: AttachmentRecord): string[] {
  const path = danFile(record.danConf, record.sandbox as SandboxId);
  const document = readDanFile(path);
  if (document === undefined) return [`the DAN file ${path} is gone`];
  const entry = findEntry(document, record.network, record.ifname);
  if (entry === undefined) return [`the DAN file ${path} has no entry of this attachment`];
  return sameJson(entry, record.entry) ? [] : [`the entry of this attachment in ${path} was edited`];
}

function usersOf(link: Link | undefined): TapUsers | undefined {
  const owner = link && linkAttribute(link, 'owner');
  const group = link && linkAttribute(link, 'group');
  if (owner === undefined || group === undefined) return undefined;
  const known = (id: string): number | undefined => (id === '-1' ? undefined : Number(id));
  return { owner: known(owner), group: known(group) };
}

function recordText(state: Exclude<RecordState, { is: 'ours' }>): string {
  switch (state.is) {
    case 'missing':
      return 'the record of the attachment is missing';
    case 'faulty':
      return `the record of the attachment ${state.why}`;
    case 'foreign':
      return `it was never made: its short name is that of ${ownerText(state.owner)}`;
    default:
      return state satisfies never;
  }
}

function failed(faults: readonly string[]): Error {
  return danError(
    'check-failed',
    `the attachment is not as it was made: ${faults.join('; ')}; restart the pod to mend it`,
  );
}
