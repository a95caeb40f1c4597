import type { Site } from '../../host/site.ts';
import { namespacePaths } from '../../host/netns.ts';
import { ownOvsPorts } from '../../host/ovs.ts';
import { deriveNames, type Identity } from '../../model/identity.ts';
import type { JsonObject } from '../../json/object.ts';
import { databaseOf } from '../find-ovs.ts';
import { entriesIn } from '../sightings/entries.ts';
import { linksIn, linksOnHost, type SeenLink } from '../sightings/links.ts';
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

// A file of somebody else, or one that cannot be read, is no leftover of ours.
function inFiles({ name, document }: Network): readonly Leftover[] {
  const { found } = entriesIn(danConfOf(document));
  return found.map(({ identity }) => identity).filter(({ network }) => network === name);
}

async function onHost({ name, document }: Network): Promise<readonly Leftover[]> {
  return ownersOf(await linksOnHost(siteOf(document)), name);
}

async function inNamespaces({ name, document }: Network): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const netns of namespacePaths()) {
    const links = await linksIn(netns, siteOf(document));
    found.push(...ownersOf(links, name).map((identity) => ({ ...identity, netns })));
  }
  return found;
}

async function inSwitch({ name, document }: Network): Promise<readonly Leftover[]> {
  const site = siteOf(document);
  const database = await databaseOf(document, site);
  if (database === undefined) return [];
  const ports = await ownOvsPorts(database, site);
  return ports.map(({ owner }) => owner).filter(({ network }) => network === name);
}

function ownersOf(links: readonly SeenLink[], network: string): readonly Identity[] {
  return links.flatMap(({ identity, link: { alias } }) => {
    if (identity === undefined) return [];
    // A long network's name is only a hash in the alias, which the derived one has, too.
    const owner = { ...identity, network };
    return deriveNames(owner).alias === alias ? [owner] : [];
  });
}

function siteOf(document: JsonObject): Site {
  return { timeoutSeconds: timeoutOf(document) };
}
