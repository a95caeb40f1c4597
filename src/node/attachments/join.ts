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

/** A port of ours in an Open vSwitch. */
export interface SeenPort {
  readonly owner: Identity;
  readonly database: OvsDatabase;
  readonly name: string;
  /** Left out where no bridge has it. */
  readonly bridge?: string;
  /** Why the switch does not run it; left out where it does. */
  readonly error?: string;
  /** What passed it, from the switch's side. */
  readonly counters?: LinkCounters;
}

/** A pod's namespace with all its links and their addresses. */
export interface SeenPod {
  readonly netns: string;
  readonly links: readonly Link[];
}

/** Everything that shows an attachment on the node, by place. */
export interface Sightings {
  readonly records: readonly AttachmentRecord[];
  readonly entries: readonly SeenEntry[];
  readonly links: readonly SeenLink[];
  readonly ports: readonly SeenPort[];
  /** The namespaces of the records; left out where none was looked at. */
  readonly pods?: readonly SeenPod[];
}

/** One attachment, with what shows it in each place. */
export interface InventoryItem {
  /** The network is known by its hash alone where nothing but the alias of a link tells it, and its name is long. */
  readonly identity: Identity;
  /** The derived name: of the record, and of the device's one link or port. */
  readonly link: InterfaceName;
  /** What dan made, or was about to make. */
  readonly record: AttachmentRecord | undefined;
  /** The entry in the sandbox's file, as it stands there; somebody may have edited it. */
  readonly entry: { readonly file: string; readonly entry: JsonObject; readonly index: number } | undefined;
  /** The links with the attachment's marks or derived names; without `netns` on the host. */
  readonly links: readonly { readonly netns: string | undefined; readonly link: Link }[];
  /** The port of an Open vSwitch. */
  readonly port: Omit<SeenPort, 'owner'> | undefined;
  /** Links with addresses of the pod's namespace that the sandbox's file does not carry: the guest does not have them. */
  readonly hidden: readonly Pick<Link, 'addresses' | 'name'>[];
}

/** Joins what the places show to attachments, in the order of sandbox, interface name and network. Pure. */
export function join({ records, entries, links, ports, pods = [] }: Sightings): readonly InventoryItem[] {
  const recordOf = new Map(records.map((record) => [nameOf(record), record]));
  const entryOf = new Map(entries.map(({ identity, ...entry }) => [nameOf(identity), entry]));
  const portOf = new Map(ports.map(({ owner, ...port }) => [nameOf(owner), port]));
  // The first that name an attachment win: the links, which may know its network by a hash alone, come last.
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
  // Kata reads what is written: an ADD that did not end says nothing of the guest.
  const hiddenFrom = (record: AttachmentRecord | undefined): InventoryItem['hidden'] => {
    // What was plugged in came to what the guest had already.
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

// Anybody may give a link the short name of an attachment. Without a mark, it counts for one whose device has that link.
function isClaimed({ identity, name, link }: SeenLink, record: AttachmentRecord | undefined): boolean {
  if (record === undefined || identity !== undefined) return true;
  if (link.altnames.some((altname) => derivedNameIn(altname) === name)) return true;
  return [...deviceLinks(record.device), ...madeLinksOf(record.device)].some((one) => one.name === link.name);
}

// A link of that name in another pod's namespace is one that somebody else has made there.
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
