import { findOwners } from '../../dan/merge.ts';
import { danFile, readDanFile } from '../../dan/store.ts';
import { namesIn } from '../../host/files.ts';
import { readAllLinks } from '../../host/links.ts';
import { namespacePaths, withNetns } from '../../host/netns.ts';
import { ownersOfOvsPorts } from '../../host/ovs.ts';
import type { Site } from '../../host/site.ts';
import { deriveNames, type Identity, identityOfAlias } from '../../model/identity.ts';
import type { Link } from '../../model/link.ts';
import { parseSandboxId } from '../../model/sandbox-id.ts';
import { areAllowed } from '../../protocol/environment.ts';
import type { JsonObject } from '../../protocol/input.ts';
import { databaseOf } from '../find-ovs.ts';
import { readRecords } from '../record.ts';
import { danConfOf, timeoutOf } from '../settings.ts';

/** An attachment that left something, and the namespace where it did. */
export interface Leftover extends Identity {
  /** Path of the pod's namespace; left out where it does not matter, or the record tells. */
  readonly netns?: string;
}

/** The network whose leftovers are looked for: its name and its configuration, which may be faulty. */
interface Network {
  readonly name: string;
  readonly document: JsonObject;
}

/** A place where attachments of a network show. */
type Place = (network: Network) => readonly Leftover[] | Promise<readonly Leftover[]>;

/**
 * Every place where an attachment shows, those first that know most of it: without the namespace, what is at the ingress
 * of a pod's own link would stay.
 */
export const places: readonly Place[] = [recorded, inNamespaces, inFiles, onHost, inSwitch];

function recorded({ name }: Network): readonly Leftover[] {
  return readRecords().filter(({ network }) => network === name);
}

async function inFiles({ name, document }: Network): Promise<readonly Leftover[]> {
  const directory = await danConfOf(document);
  return namesIn(directory).flatMap((file) => {
    const [, id = ''] = /^([^.].*)\.json$/.exec(file) ?? [];
    const sandbox = parseSandboxId(id);
    if (!sandbox.ok || !areAllowed(id, 'eth0')) return [];
    return ownersIn(danFile(directory, sandbox.value), id).filter(({ network }) => network === name);
  });
}

// A file of somebody else, or one that vanished meanwhile, is no leftover of ours.
function ownersIn(path: string, sandbox: string): readonly Identity[] {
  try {
    const found = readDanFile(path);
    return found === undefined ? [] : findOwners(found).map((owner) => ({ ...owner, sandbox }));
  } catch {
    return [];
  }
}

async function onHost({ name, document }: Network): Promise<readonly Leftover[]> {
  return ownersOf(await readAllLinks('host', siteOf(document)), name);
}

async function inNamespaces({ name, document }: Network): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const netns of namespacePaths()) {
    const links = await withNetns(netns, async (pod) =>
      pod === undefined ? [] : await readAllLinks('pod', { ...siteOf(document), pod }),
    );
    found.push(...ownersOf(links, name).map((identity) => ({ ...identity, netns })));
  }
  return found;
}

async function inSwitch({ name, document }: Network): Promise<readonly Leftover[]> {
  const site = siteOf(document);
  const database = await databaseOf(document, site);
  return database === undefined ? [] : await ownersOfOvsPorts(database, name, site);
}

function ownersOf(links: readonly Link[], network: string): readonly Identity[] {
  return links.flatMap(({ alias }) => {
    const identity = identityOfAlias(alias ?? '', network);
    // A long network's name is only a hash in the alias, which the derived one has, too.
    return identity !== undefined && deriveNames(identity).alias === alias ? [identity] : [];
  });
}

function siteOf(document: JsonObject): Site {
  return { timeoutSeconds: timeoutOf(document) };
}
