import { linksOf as deviceLinks, madeLinksOf } from '../../kinds/kinds.ts';
import { derivedNameIn, deriveNames, type Identity } from '../../model/identity.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { Link, LinkCounters } from '../../model/link.ts';
import type { OvsDatabase } from '../../model/ovs.ts';
import type { JsonObject } from '../../json/object.ts';
import { carriedLinks, hiddenLinks } from '../../attach/hidden-links.ts';
import type { AttachmentRecord } from '../../attach/record.ts';
import type { SeenEntry } from '../../attach/sightings/entries.ts';
import type { SeenLink } from '../../attach/sightings/links.ts';

/** A port of dan in an Open vSwitch. */
export interface SeenPort {
  readonly owner: Identity;
  readonly database: OvsDatabase;
  readonly name: string;
  /** Left out if no bridge has it. */
  readonly bridge?: string;
  /** Why the switch does not run it; left out if it does. */
  readonly error?: string;
  /** What passed through it, from the switch's side. */
  readonly counters?: LinkCounters;
}

/** A pod's namespace with all its links and their addresses. */
export interface SeenPod {
  readonly netns: string;
  readonly links: readonly Link[];
}

/** All traces of attachments on the node, by place. */
export interface Sightings {
  readonly records: readonly AttachmentRecord[];
  readonly entries: readonly SeenEntry[];
  readonly links: readonly SeenLink[];
  readonly ports: readonly SeenPort[];
  /** The records' namespaces; left out if none was read. */
  readonly pods?: readonly SeenPod[];
}

/** One attachment, with its traces in each place. */
export interface InventoryItem {
  /** The network is only a hash if its name is long and the alias of a link is the only trace. */
  readonly identity: Identity;
  /** The derived name, which the record and the device's one link or port have. */
  readonly link: InterfaceName;
  /** What dan made, or was about to make. */
  readonly record: AttachmentRecord | undefined;
  /** The entry as it is in the sandbox's file. Someone may have edited it. */
  readonly entry: { readonly file: string; readonly entry: JsonObject; readonly index: number } | undefined;
  /** The links with the attachment's marks or derived names. `netns` is undefined on the host. */
  readonly links: readonly { readonly netns: string | undefined; readonly link: Link }[];
  /** The port of an Open vSwitch. */
  readonly port: Omit<SeenPort, 'owner'> | undefined;
  /** Links of the pod's namespace with addresses that are not in the sandbox's file, so the guest lacks them. */
  readonly hidden: readonly Pick<Link, 'addresses' | 'name'>[];
}

/** Joins traces into attachments, sorted by sandbox, interface name and network. Pure. */
export function join({ records, entries, links, ports, pods = [] }: Sightings): readonly InventoryItem[] {
  const recordOf = new Map(records.map((record) => [nameOf(record), record]));
  const entryOf = new Map(entries.map(({ identity, ...entry }) => [nameOf(identity), entry]));
  const portOf = new Map(ports.map(({ owner, ...port }) => [nameOf(owner), port]));
  // The first trace that names an attachment wins. Links come last, since they may know its network only as a hash.
  const named = [...records, ...entries.map(({ identity }) => identity), ...ports.map(({ owner }) => owner)];
  const identities = new Map<InterfaceName, Identity>();
  for (const [link, { network, sandbox, ifname }] of [
    ...named.map((identity) => [nameOf(identity), identity] as const),
    ...links.flatMap(({ name, identity }) => (identity === undefined ? [] : [[name, identity] as const])),
  ]) {
    if (!identities.has(link)) identities.set(link, { network, sandbox, ifname });
  }
  const linksOf = new Map<InterfaceName, SeenLink[]>();
  for (const seen of links) {
    const known = linksOf.get(seen.name);
    if (known === undefined) linksOf.set(seen.name, [seen]);
    else known.push(seen);
  }
  // Kata reads only a written entry, so an ADD that did not end has no effect on the guest.
  const hiddenFrom = (record: AttachmentRecord | undefined): InventoryItem['hidden'] => {
    // A device that was plugged into a running guest adds to what the guest already had. It hides nothing.
    if (record?.entry === undefined || record.plugged !== undefined) return [];
    const devices = records.flatMap(({ sandbox, device }) => (sandbox === record.sandbox ? [device] : []));
    const pod = pods.find(({ netns }) => netns === record.netns);
    return hiddenLinks(pod?.links ?? [], carriedLinks(devices)).map(({ name, addresses }) => ({ name, addresses }));
  };
  const items = [...identities].map(([link, identity]) => ({
    identity,
    link,
    record: recordOf.get(link),
    entry: entryOf.get(link),
    links: (linksOf.get(link) ?? []).filter((seen) => isOf(seen, recordOf.get(link))).map(inNetns),
    port: portOf.get(link),
    hidden: hiddenFrom(recordOf.get(link)),
  }));
  return items.sort((a, b) => compare(sortKey(a.identity), sortKey(b.identity)));
}

function isOf(seen: SeenLink, record: AttachmentRecord | undefined): boolean {
  return isInItsPod(seen, record) && isClaimed(seen, record);
}

// Anyone can give a link an attachment's short name. Without a mark, it counts only if the attachment's device has it.
function isClaimed({ identity, name, link }: SeenLink, record: AttachmentRecord | undefined): boolean {
  if (record === undefined || identity !== undefined) return true;
  if (link.altnames.some((altname) => derivedNameIn(altname) === name)) return true;
  return [...deviceLinks(record.device), ...madeLinksOf(record.device)].some((one) => one.name === link.name);
}

// If another pod's namespace has a link of that name, someone else made it.
function isInItsPod({ netns, netnsInode }: SeenLink, record: AttachmentRecord | undefined): boolean {
  if (record === undefined || netns === undefined) return true;
  return record.netnsInode === undefined ? record.netns === netns : record.netnsInode === netnsInode;
}

function inNetns({ netns, link }: SeenLink): InventoryItem['links'][number] {
  return { netns, link };
}

function nameOf(identity: Identity): InterfaceName {
  return deriveNames(identity).link;
}

function sortKey({ sandbox, ifname, network }: Identity): string {
  return [sandbox, ifname, network].join('\0');
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
