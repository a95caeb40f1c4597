import { apply } from '../host/apply.ts';
import { readLinks } from '../host/links.ts';
import type { Log } from '../host/log.ts';
import type { DerivedNames } from '../model/identity.ts';
import type { Link } from '../model/link.ts';

/** Which tap to remove, and what is known of it. */
export interface TapClaim {
  readonly names: DerivedNames;
  /** A record says that ADD was about to make it. */
  readonly claimed: boolean;
  /** Seconds. */
  readonly timeoutSeconds: number;
  readonly log: Log;
}

/**
 * Removes an attachment's tap, with one `ip` process when all is as it was made. Deleting by altname is proof of
 * ownership and deletion in one step. A tap without our altname goes only if it has our alias, or if a record claims it
 * and ADD was killed before it could be marked: no alias, down, no master. Anything else of that name stays.
 */
export async function removeTap({ names, claimed, timeoutSeconds, log }: TapClaim): Promise<void> {
  try {
    await apply([{ op: 'link-del', name: names.altname }], timeoutSeconds);
    return;
  } catch (error) {
    const [link] = await readLinks([names.link], timeoutSeconds);
    if (link === undefined) return;
    if (link.altnames.includes(names.altname)) throw error;
    if (link.alias === names.alias || (claimed && isUnmarked(link))) {
      await apply([{ op: 'link-del', name: names.link }], timeoutSeconds);
      return;
    }
    log('warn', 'a link has the name of the tap but is not ours: left alone', { link: link.name, alias: link.alias });
  }
}

function isUnmarked(link: Link): boolean {
  return link.kind === 'tun' && link.alias === undefined && !link.up && link.master === undefined;
}
