import type { Log } from '../../host/log.ts';
import type { Site } from '../../host/site.ts';
import { namespacePaths } from '../../host/netns.ts';
import { ownOvsPorts } from '../../host/ovs.ts';
import { deriveNames, type Identity } from '../../model/identity.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { protocolError } from '../../protocol/error.ts';
import type { NetworkInput } from '../../protocol/input.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { attemptAll } from '../attempts.ts';
import { del } from '../del/del.ts';
import { databaseOf } from '../find-ovs.ts';
import { removeDeadWriters } from './dead-writers.ts';
import { delegateIfKnown, ipamTypeOf } from '../ipam.ts';
import { readRecords } from '../record.ts';
import { danConfOf, timeoutOf } from '../settings.ts';
import { entriesIn } from '../sightings/entries.ts';
import { linksIn, linksOnHost, type SeenLink } from '../sightings/links.ts';

/** The key in which libcni lists the attachments that are in use (spec 1.1.0, section "GC"). */
const validKey = 'cni.dev/valid-attachments';

/** An attachment that something on the node shows, and the namespace where it does. */
interface Leftover extends Identity {
  /** Path of the pod's namespace; left out where it does not matter, or the record has it. */
  readonly netns?: string;
}

/**
 * Removes everything of this network whose attachment is not in use any more, each as its own DEL would have, then calls
 * the IPAM plugin's GC. Without a list of those in use nothing is done. Throws the first failure, with the others in its
 * details, after everything was tried.
 */
export async function gc(request: Request, log: Log): Promise<void> {
  const { input } = request;
  const { document } = input;
  const valid = readValid(document);
  if (valid === undefined) return;
  await attemptAll([
    // One after the other: an attachment that the first search finds is gone before the next one.
    ...searches.map((search) => async () => {
      const found = (await search(input, { timeoutSeconds: timeoutOf(document) })).filter(
        ({ network, sandbox, ifname }) => network === input.name && !valid.has(keyOf(sandbox, ifname)),
      );
      await attemptAll(
        found.map((leftover) => async () => {
          const { sandbox, ifname } = leftover;
          log('info', 'removing an attachment that is not in use', { sandbox, ifname });
          await del(requestFor(request, leftover), log);
        }),
      );
    }),
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

/** Finds the attachments, of any network or only of this one, that a place on the node shows. */
type Search = (network: NetworkInput, site: Site) => readonly Leftover[] | Promise<readonly Leftover[]>;

/**
 * The searches of all places, those first that know most of an attachment: without the namespace, what is at the ingress
 * of a pod's own link would stay. A file of another writer, or one that cannot be read, is no leftover of dan.
 */
const searches: readonly Search[] = [
  readRecords,
  async ({ name }, site) => {
    const found: Leftover[] = [];
    for (const netns of namespacePaths()) {
      found.push(...ownersOf(await linksIn(netns, site), name).map((identity) => ({ ...identity, netns })));
    }
    return found;
  },
  ({ document }) => entriesIn(danConfOf(document)).found.map(({ identity }) => identity),
  async ({ name }, site) => ownersOf(await linksOnHost(site), name),
  async ({ document }, site) => {
    const database = await databaseOf(document, site);
    return database === undefined ? [] : (await ownOvsPorts(database, site)).map(({ owner }) => owner);
  },
];

// The alias of a link has only a hash of a long network's name, but so has the alias that is derived from the name.
function ownersOf(links: readonly SeenLink[], network: string): readonly Identity[] {
  return links.flatMap(({ identity, link: { alias } }) => {
    if (identity === undefined) return [];
    const owner = { ...identity, network };
    return deriveNames(owner).alias === alias ? [owner] : [];
  });
}

// The variables are how the IPAM plugin learns whose addresses to release.
function requestFor(request: Request, { sandbox, ifname, netns = '' }: Leftover): Request {
  const { environment, variables } = request;
  return {
    ...request,
    environment: { ...environment, command: 'DEL', containerId: sandbox, ifname, netns },
    variables: { ...variables, CNI_CONTAINERID: sandbox, CNI_IFNAME: ifname, CNI_NETNS: netns },
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
