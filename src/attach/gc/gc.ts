import { exists } from '../../host/files.ts';
import { withLock } from '../../host/lock.ts';
import type { Log } from '../../host/log.ts';
import { namespacePaths } from '../../host/netns.ts';
import { ownersInOvs } from '../../host/ovs.ts';
import { straysOf } from '../../kinds/kinds.ts';
import { deriveNames, type Identity } from '../../model/identity.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { protocolError } from '../../protocol/error.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { attemptAll } from '../attempts.ts';
import { del, detachStray } from '../del/del.ts';
import { lastingDirectory, lockDirectory } from '../directories.ts';
import { databaseOf } from '../find-ovs.ts';
import { removeDeadWriters } from './dead-writers.ts';
import { delegateIfKnown, ipamTypeOf } from '../ipam.ts';
import { ownedBy } from '../ownership.ts';
import { recordedIdentities } from '../record.ts';
import { danConfOf, timeoutOf } from '../settings.ts';
import { entriesIn } from '../sightings/entries.ts';
import { linksOnHost, ownerOf, type SeenLink } from '../sightings/links.ts';
import { removeStrays } from './strays.ts';

/** The key in which libcni lists the attachments that are in use (spec 1.1.0, section "GC"). */
const validKey = 'cni.dev/valid-attachments';

/**
 * Removes everything of this network that belongs to an attachment that is not in use any more, then calls the IPAM
 * plugin's GC. An attachment with a record is removed as its own DEL would, with its addresses. What is found without a
 * record is removed if it is provably ours. Its addresses are left to the IPAM plugin's own GC: otherwise, anybody who
 * can name a link or write a row could have any address released. Does nothing without a list of those in use. Throws
 * the first failure, with the others in its details, after it has tried everything.
 */
export async function gc(request: Request, log: Log): Promise<void> {
  const { document, name } = request.input;
  const valid = readValid(document);
  if (valid === undefined) return;
  const site = { timeoutSeconds: timeoutOf(document) };
  const areLeft = (found: readonly Identity[]): readonly Identity[] =>
    found.filter(({ network, sandbox, ifname }) => network === name && !valid.has(keyOf(sandbox, ifname)));
  const eachLeft = (found: readonly Identity[], remove: (left: Identity) => Promise<void>): Promise<void> =>
    attemptAll(
      areLeft(found).map((left) => async () => {
        const { sandbox, ifname } = left;
        log('info', 'removing an attachment that is not in use', { sandbox, ifname });
        await remove(left);
      }),
    );
  const removeStray = (left: Identity): Promise<void> =>
    withLock(lockDirectory, { kind: 'sandbox', name: left.sandbox }, async (lock) => {
      await detachStray(left, { request: requestFor(request, left), lock, log });
    });
  if (exists(lastingDirectory)) await (await import('../function/lasting.ts')).recoverRecords();
  await attemptAll([
    () => eachLeft(recordedIdentities(), (left) => del(requestFor(request, left), log)),
    // Without the pod's namespace, a DEL cannot remove what is at the ingress of the pod's own link.
    async () => {
      await attemptAll(namespacePaths().map((netns) => () => removeStrays(netns, areLeft, { request, site, log })));
    },
    // One search after the other, so that the next one does not find what the previous one removed. A file of another
    // writer, or an unreadable one, is no leftover of dan.
    () =>
      eachLeft(
        entriesIn(danConfOf(document)).found.map(({ identity }) => identity),
        removeStray,
      ),
    async () => {
      await eachLeft(provenOnHost(await linksOnHost(site), name), removeStray);
    },
    async () => {
      const database = await databaseOf(document, site);
      if (database === undefined) return;
      await eachLeft(await ownersInOvs(database, site), removeStray);
    },
    () => removeDeadWriters(danConfOf(document)),
    async () => {
      const type = ipamTypeOf(document);
      if (type !== undefined) await delegateIfKnown(request, 'GC', type);
    },
  ]);
}

function readValid(document: JsonObject): ReadonlySet<string> | undefined {
  if (!(validKey in document)) return undefined;
  const value = document[validKey] ?? [];
  if (!Array.isArray(value)) throw unreadable(value);
  return new Set(
    value.map((attachment: unknown) => {
      const { containerID, ifname } = isObject(attachment) ? attachment : {};
      if (typeof containerID !== 'string' || typeof ifname !== 'string') throw unreadable(attachment);
      return keyOf(containerID, ifname);
    }),
  );
}

// The attachments of a network that own a link on the host which dan provably made.
function provenOnHost(links: readonly SeenLink[], network: string): readonly Identity[] {
  return links.flatMap((seen) => {
    const owner = ownerOf(seen, network);
    if (owner === undefined) return [];
    const own = straysOf(deriveNames(owner), {}).links.filter((link) => link.in === 'host');
    return own.some((link) => ownedBy(link, [seen.link], false) !== undefined) ? [owner] : [];
  });
}

// The variables tell the IPAM plugin whose addresses to release.
function requestFor(request: Request, { sandbox, ifname }: Identity): Request {
  const { environment, variables } = request;
  return {
    ...request,
    environment: { ...environment, command: 'DEL', containerId: sandbox, ifname, netns: '' },
    variables: { ...variables, CNI_CONTAINERID: sandbox, CNI_IFNAME: ifname, CNI_NETNS: '' },
  };
}

function keyOf(sandbox: string, ifname: string): string {
  return `${sandbox}/${ifname}`;
}

function unreadable(value: unknown): Error {
  return protocolError(
    'invalid-configuration',
    `"${validKey}" ${JSON.stringify(value)} must be a list of {"containerID": ..., "ifname": ...}: nothing was removed`,
  );
}
