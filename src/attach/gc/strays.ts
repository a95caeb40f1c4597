import { withLock } from '../../host/lock.ts';
import type { Log } from '../../host/log.ts';
import { withNetns } from '../../host/netns.ts';
import type { Site } from '../../host/site.ts';
import { straysOf } from '../../kinds/kinds.ts';
import { type DerivedNames, deriveNames, type Identity } from '../../model/identity.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { attemptAll } from '../attempts.ts';
import { removeDevice, removeStrayRedirects } from '../del/remove-device.ts';
import { lockDirectory } from '../directories.ts';
import { lookAtRecord, type RecordState } from '../record.ts';
import { linksIn, ownerOf } from '../sightings/links.ts';

/** The GC call. */
interface Collecting {
  readonly request: Request;
  readonly site: Site;
  readonly log: Log;
}

/** Returns those of several attachments that are not in use. */
type AreLeft = (found: readonly Identity[]) => readonly Identity[];

/**
 * Removes links without a record from a pod's namespace, and what is at the ingress of the pod's own link there. It
 * touches only that namespace, since the namespace's owner may have forged what is found.
 */
export async function removeStrays(netns: string, areLeft: AreLeft, collecting: Collecting): Promise<void> {
  const { request, log } = collecting;
  const { name, document } = request.input;
  const owners = (await linksIn(netns, collecting.site)).flatMap((seen) => ownerOf(seen, name) ?? []);
  const left = new Map<string, DerivedNames & Identity>();
  for (const owner of areLeft(owners)) {
    const names = deriveNames(owner);
    if (isLost(lookAtRecord(owner, names))) left.set(names.altname, { ...names, ...owner });
  }
  if (left.size === 0) return;
  await withNetns(netns, async (pod) => {
    const site = { ...collecting.site, pod };
    if (pod === undefined) return;
    await removeStrayRedirects(new Set([...left.values()].map(({ cookie }) => cookie)), site);
    const removals = [...left.values()].map((one) => async () => {
      const { sandbox, ifname } = one;
      await withLock(lockDirectory, { kind: 'sandbox', name: sandbox }, async (lock) => {
        const state = lookAtRecord(one, one);
        if (!isLost(state)) return;
        log('info', 'removing what an attachment that is not in use left in a namespace', { sandbox, ifname, netns });
        const { links, files } = straysOf(one, document);
        const inPod = links.filter((link) => link.in === 'pod');
        const own = state.is === 'missing' ? files : [];
        await removeDevice({ links: inPod, redirects: [], files: own, port: undefined }, { ...site, lock }, log);
      });
    });
    await attemptAll(removals);
  });
}

function isLost({ is }: RecordState): boolean {
  return is === 'missing' || is === 'foreign';
}
