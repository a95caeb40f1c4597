import type { OwnLink } from '../kinds/device.ts';
import { madeLinkKinds } from '../kinds/kinds.ts';
import type { Link } from '../model/link.ts';

/**
 * The link that dan made for an attachment, among those with its name or its altname; undefined if there is none. A
 * name or a mark alone proves nothing, since anybody who can name links can write both. The link must be of a kind that
 * dan makes, and have two of name, alias and altname. A link of an unfinished ADD (`isBegun`) may have no mark yet:
 * since ADD refuses a name that is taken, the name is enough if the link is down and has no alias and no master. The
 * link with the name takes precedence. Pure.
 */
export function ownedBy({ name, altname, alias }: OwnLink, there: readonly Link[], isBegun: boolean): Link | undefined {
  const isMade = ({ kind }: Link): boolean => madeLinkKinds.has(kind ?? '');
  const isUnmarked = (link: Link): boolean =>
    isBegun && link.alias === undefined && !link.up && link.master === undefined;
  const named = there.find((link) => link.name === name && isMade(link));
  if (named !== undefined && (named.alias === alias || named.altnames.includes(altname) || isUnmarked(named))) {
    return named;
  }
  return there.find((link) => isMade(link) && link.altnames.includes(altname) && link.alias === alias);
}
