import { kernel } from '#kernel';
import { withNetns } from '../../host/netns.ts';
import type { Site } from '../../host/site.ts';
import {
  derivedNameIn,
  deriveNames,
  linkNameOf,
  type Identity,
  identityOfAlias,
  isAltnameOf,
} from '../../model/identity.ts';
import { madeLinkKinds } from '../../kinds/kinds.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { Link } from '../../model/link.ts';
import { areValidIds } from '../../protocol/environment.ts';

/** A link with a name or altname of the form that dan derives. */
export interface SeenLink {
  /**
   * The network as in the alias: its name, or a hash of it if the name is long. Undefined if the link has no such
   * alias, for instance because its ADD was killed.
   */
  readonly identity: Identity | undefined;
  /** The attachment's derived name. It is not the link's name if an attachment has several links. */
  readonly name: InterfaceName;
  /** Path of the namespace; undefined on the host. */
  readonly netns: string | undefined;
  /** Inode number of that namespace. */
  readonly netnsInode?: number;
  readonly link: Link;
}

/** Our links on the host. */
export async function linksOnHost(site: Site): Promise<readonly SeenLink[]> {
  return ownLinks(await kernel.readAllLinks('host', site), undefined);
}

/**
 * Our links in a pod's namespace, but only those with everything that dan gives a link there. Empty if the path leads
 * to no network namespace (any more).
 */
export async function linksIn(netns: string, site: Site): Promise<readonly SeenLink[]> {
  return await withNetns(netns, async (pod, { inode }) => {
    if (pod === undefined || inode === undefined) return [];
    const found = ownLinks(await kernel.readAllLinks('pod', { ...site, pod }), netns);
    return found.filter(isProvenInPod).map((seen) => ({ ...seen, netnsInode: inode }));
  });
}

/** The attachment of a network that a link's alias names; undefined if it belongs to another network. Pure. */
export function ownerOf({ identity, link: { alias } }: SeenLink, network: string): Identity | undefined {
  if (identity === undefined) return undefined;
  // The alias has only a hash of a long network name, and so does the derived alias.
  const owner = { ...identity, network };
  return deriveNames(owner).alias === alias ? owner : undefined;
}

/**
 * Our links among those of a namespace. The link's name or altname must be one that dan derives: an alias proves
 * nothing, since anybody who can name links can write it, and DEL leaves a link with only an alias alone. Pure.
 */
export function ownLinks(links: readonly Link[], netns: string | undefined): readonly SeenLink[] {
  return links.flatMap((link) => {
    const derived = [...link.altnames, link.name].map(derivedNameIn).filter((name) => name !== undefined);
    const [name] = derived;
    if (name === undefined) return [];
    const identity = identityOf(link);
    const own = identity && linkNameOf(identity);
    if (own !== undefined && derived.includes(own)) return [{ identity, name: own, netns, link }];
    return [{ identity: identity && isHash(identity.network) ? identity : undefined, name, netns, link }];
  });
}

// The owner of a pod may write anything in its namespace, so one mark there proves nothing.
function isProvenInPod({ identity, name, link }: SeenLink): boolean {
  if (identity === undefined || !madeLinkKinds.has(link.kind ?? '')) return false;
  const end = link.name.slice(name.length);
  return (
    link.name.startsWith(name) && ['', 'p'].includes(end) && link.altnames.some((one) => isAltnameOf(one, name, end))
  );
}

// Anybody who can name links can write any alias. ADD makes none with ids that CNI does not allow.
function identityOf({ alias = '' }: Link): Identity | undefined {
  const identity = identityOfAlias(alias);
  return identity !== undefined && areValidIds(identity.sandbox, identity.ifname) ? identity : undefined;
}

// If the network's name is long, the alias has a hash of it, from which dan's names cannot be derived.
function isHash(network: string): boolean {
  return /^[0-9a-f]{32}$/.test(network);
}
