import { linksOf as deviceLinks, madeLinksOf } from '../../kinds/kinds.ts';
import { derivedNameIn, linkNameOf, type Identity } from '../../model/identity.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { Link, LinkCounters } from '../../model/link.ts';
import type { OvsDatabase } from '../../model/ovs.ts';
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
  readonly entry: Omit<SeenEntry, 'identity'> | undefined;
  /** The links with the attachment's marks or derived names. `netns` is undefined on the host. */
  readonly links: readonly { readonly netns: string | undefined; readonly link: Link }[];
  /** The port of an Open vSwitch. */
  readonly port: Omit<SeenPort, 'owner'> | undefined;
  /** Links of the pod's namespace with addresses that are not in the sandbox's file, so the guest lacks them. */
  readonly hidden: readonly Pick<Link, 'addresses' | 'name'>[];
}

const none = [] as const;

/** Joins traces into attachments, sorted by sandbox, interface name and network. Pure. */
export function join({ records, entries, links, ports, pods = [] }: Sightings): readonly InventoryItem[] {
  // The first trace that names an attachment wins. Links come last, since they may know its network only as a hash.
  const identities = new Map<InterfaceName, Identity>();
  const byName = <T>(all: readonly T[], identityOf: (one: T) => Identity): ReadonlyMap<InterfaceName, T> =>
    new Map(
      all.map((one) => {
        const identity = identityOf(one);
        const link = linkNameOf(identity);
        if (!identities.has(link)) identities.set(link, identity);
        return [link, one];
      }),
    );
  const recordOf = byName(records, ({ network, sandbox, ifname }) => ({ network, sandbox, ifname }));
  const entryOf = byName(entries, ({ identity }) => identity);
  const portOf = byName(ports, ({ owner }) => owner);
  for (const { name, identity } of links) {
    if (identity !== undefined && !identities.has(name)) identities.set(name, identity);
  }
  const linksOf = Map.groupBy(links, ({ name }) => name);
  const recordsOf = Map.groupBy(records, ({ sandbox }) => sandbox);
  const podLinks = new Map(pods.map(({ netns, links: all }) => [netns, all]));
  // Kata reads only a written entry, so an ADD that did not end has no effect on the guest.
  const hiddenFrom = (record: AttachmentRecord | undefined): InventoryItem['hidden'] => {
    // A device that was plugged into a running guest adds to what the guest already had. It hides nothing.
    if (record?.entry === undefined || record.plugged !== undefined) return none;
    const devices = recordsOf.get(record.sandbox)?.map(({ device }) => device) ?? [];
    const there = podLinks.get(record.netns) ?? [];
    return hiddenLinks(there, carriedLinks(devices)).map(({ name, addresses }) => ({ name, addresses }));
  };
  // For thousands, comparing texts takes less time than a function that compares.
  const byOrder = new Map<string, InventoryItem>();
  for (const [link, identity] of identities) {
    const record = recordOf.get(link);
    const item = {
      identity,
      link,
      record,
      entry: entryOf.get(link),
      links:
        linksOf
          .get(link)
          ?.filter((seen) => isOf(seen, record))
          .map(inNetns) ?? none,
      port: portOf.get(link),
      hidden: hiddenFrom(record),
    };
    byOrder.set(orderOf(item), item);
  }
  return [...byOrder.keys()].sort().flatMap((order) => byOrder.get(order) ?? []);
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

// NUL precedes every character of a name. The link makes it unique, so no item replaces another.
function orderOf({ identity: { network, sandbox, ifname }, link }: InventoryItem): string {
  return `${sandbox}\0${ifname}\0${network}\0${link}`;
}
