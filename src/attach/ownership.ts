import type { OwnLink } from '../kinds/device.ts';
import { madeLinkKinds } from '../kinds/kinds.ts';
import type { Link } from '../model/link.ts';

/**
 * The link that dan made for an attachment, among those that have its name or its altname; undefined: none of them is. A
 * name alone proves nothing, nor does a mark alone, since whoever may name links may write any. The link is of a kind that
 * dan makes, and has two of name, alias and altname; one that an ADD was about to make (`isBegun`) may have no mark yet,
 * since an ADD refuses a name that is taken: then it is down and without master. The link with the name comes first. Pure.
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
