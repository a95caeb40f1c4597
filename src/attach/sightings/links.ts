import { kernel } from '#kernel';
import { withNetns } from '../../host/netns.ts';
import type { Site } from '../../host/site.ts';
import { derivedNameIn, deriveNames, type Identity, identityOfAlias } from '../../model/identity.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { Link } from '../../model/link.ts';
import { areValidIds } from '../../protocol/environment.ts';

/** A link that has an alias of dan, or a name or altname like those that dan derives. */
export interface SeenLink {
  /**
   * The network as the alias has it: by its name, or, where that is long, by a hash of it. undefined: the link has no
   * such alias, like one whose ADD was killed.
   */
  readonly identity: Identity | undefined;
  /** The attachment's derived name, which is not that of the link where an attachment has several. */
  readonly name: InterfaceName;
  /** Path of the namespace; undefined on the host. */
  readonly netns: string | undefined;
  readonly link: Link;
}

/** Our links on the host. */
export async function linksOnHost(site: Site): Promise<readonly SeenLink[]> {
  return ownLinks(await kernel.readAllLinks('host', site), undefined);
}

/** Our links in a namespace; none where its path leads to none any more. */
export async function linksIn(netns: string, site: Site): Promise<readonly SeenLink[]> {
  return await withNetns(netns, async (pod) =>
    pod === undefined ? [] : ownLinks(await kernel.readAllLinks('pod', { ...site, pod }), netns),
  );
}

/** The links of ours among those of a namespace. Pure. */
export function ownLinks(links: readonly Link[], netns: string | undefined): readonly SeenLink[] {
  return links.flatMap((link) => {
    const identity = identityOf(link);
    const name = nameOf(identity, link);
    return name === undefined ? [] : [{ identity, name, netns, link }];
  });
}

// Whoever may name links may write anything there; ADD makes none for what CNI does not allow.
function identityOf({ alias = '' }: Link): Identity | undefined {
  const identity = identityOfAlias(alias);
  return identity !== undefined && areValidIds(identity.sandbox, identity.ifname) ? identity : undefined;
}

function nameOf(identity: Identity | undefined, { name, altnames }: Link): InterfaceName | undefined {
  if (identity !== undefined) {
    const { link, altname } = deriveNames(identity);
    // No name can be derived from the hash of a network.
    const isHash = /^[0-9a-f]{32}$/.test(identity.network) && !altnames.some((one) => one.startsWith(altname));
    if (!isHash) return link;
  }
  return [...altnames, name].map(derivedNameIn).find((derived) => derived !== undefined);
}
