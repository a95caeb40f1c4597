import { kernel } from '#kernel';
import { portOf } from '../../kinds/kinds.ts';
import { namespacePaths, withNetns } from '../../host/netns.ts';
import { ownOvsPorts } from '../../host/ovs.ts';
import type { Site } from '../../host/site.ts';
import type { OvsDatabase } from '../../model/ovs.ts';
import { defaultDanConf } from '../../attach/directories.ts';
import { type AttachmentRecord, readRecord, recordedNames, recordPath } from '../../attach/record.ts';
import { entriesIn } from '../../attach/sightings/entries.ts';
import { lookSeconds } from '../ovs-databases.ts';
import { type InventoryItem, join, type SeenPod, type SeenPort } from './join.ts';
import { linksIn, linksOnHost, type SeenLink } from '../../attach/sightings/links.ts';
import { faultOf, type Place, type PlaceFault, type Seen } from '../../attach/sightings/seen.ts';

/** Where to look, in addition to the places that are always looked at. */
export interface InventoryPlaces {
  /** Directories of DAN files. Those of the records and the default one are always read. */
  readonly danConfs: readonly string[];
  /** Databases of Open vSwitch. Those of the records are always read. */
  readonly databases: readonly OvsDatabase[];
}

/** Every attachment with a trace anywhere on the node. */
export interface Inventory {
  /** Sorted by sandbox, interface name and network. */
  readonly items: readonly InventoryItem[];
  /** The places that could not be read. What they hold is unknown. */
  readonly faults: readonly PlaceFault[];
}

/** How many namespaces are read in parallel. */
const lanes = 4;

/**
 * Joins all traces of attachments on the node, of any network: records, entries of DAN files, links on the host and in
 * namespaces, ports of Open vSwitch. Takes no lock, so it sees an attachment in part while that is made or removed.
 * Never throws: a place that cannot be read is a fault.
 */
export async function readInventory(places: InventoryPlaces, site: Site): Promise<Inventory> {
  const records = await lookAll({ of: 'records' }, seenRecords);
  const recorded = records.found;
  const danConfs = [...places.danConfs, ...recorded.map(({ danConf }) => danConf), defaultDanConf];
  const databases = [...places.databases, ...recorded.flatMap(({ device }) => portOf(device)?.database ?? [])];
  const namespaces = recorded.map(({ netns }) => netns);
  const [entries, links, pods, ports] = await Promise.all([
    lookEach([...new Set(danConfs)], (directory) =>
      lookAll({ of: 'dan-directory', directory }, () => entriesIn(directory)),
    ),
    lookAtLinks(namespaces, site),
    lookAtNamespaces(new Set(namespaces), (netns) => podIn(netns, site)),
    lookEach([...new Set(databases)], (database) =>
      look({ of: 'ovs', database }, () => portsOf(database, { ...site, timeoutSeconds: lookSeconds })),
    ),
  ]);
  const shown = { entries: entries.found, links: links.found, ports: ports.found, pods: pods.found };
  return {
    items: join({ records: recorded, ...shown }),
    // The faults of `pods` are left out: those of `links` already name each unreadable namespace.
    faults: [records, entries, links, ports].flatMap(({ faults }) => faults),
  };
}

async function lookEach<P, T>(each: readonly P[], lookAt: (one: P) => Promise<Seen<T>>): Promise<Seen<T>> {
  return together(await Promise.all(each.map(lookAt)));
}

async function lookAtLinks(recorded: readonly string[], site: Site): Promise<Seen<SeenLink>> {
  const namespaces = await look({ of: 'namespaces' }, () => namespacePaths(recorded));
  const all = await Promise.all([
    look({ of: 'links', netns: undefined }, () => linksOnHost(site)),
    lookAtNamespaces(new Set(namespaces.found), (netns) => linksIn(netns, site)),
  ]);
  return together([...all, { found: [], faults: namespaces.faults }]);
}

// Reads several in parallel, each in a lane of its own.
async function lookAtNamespaces<T>(
  paths: ReadonlySet<string>,
  lookAt: (netns: string) => Promise<readonly T[]>,
): Promise<Seen<T>> {
  const inLane = async (lane: number): Promise<Seen<T>> => {
    const seen: Seen<T>[] = [];
    for (const [at, netns] of [...paths].entries()) {
      if (at % lanes === lane) seen.push(await look({ of: 'links', netns }, () => lookAt(netns)));
    }
    return together(seen);
  };
  return together(await Promise.all(Array.from({ length: lanes }, (_, lane) => inLane(lane))));
}

// None if the path no longer leads to a namespace.
async function podIn(netns: string, site: Site): Promise<readonly SeenPod[]> {
  return await withNetns(netns, async (pod) =>
    pod === undefined ? [] : [{ netns, links: (await kernel.readPod({ ...site, pod })).links }],
  );
}

async function portsOf(database: OvsDatabase, site: Site): Promise<readonly SeenPort[]> {
  return (await ownOvsPorts(database, site)).map((port) => ({ database, ...port }));
}

// An unreadable record is a fault.
async function seenRecords(): Promise<Seen<AttachmentRecord>> {
  const seen = recordedNames().map(async (name): Promise<Seen<AttachmentRecord>> => {
    const file = recordPath(name);
    const { found, faults } = await look({ of: 'record', file }, () => [readRecord(name)]);
    const unreadable: PlaceFault = { of: 'record', file, why: undefined };
    return {
      found: found.filter((record) => typeof record !== 'string'),
      faults: [...faults, ...(found.includes('unreadable') ? [unreadable] : [])],
    };
  });
  return together(await Promise.all(seen));
}

function look<T>(place: Place, work: () => Promise<readonly T[]> | readonly T[]): Promise<Seen<T>> {
  return lookAll(place, async () => ({ found: await work(), faults: [] }));
}

// An unreadable place is a fault, and does not keep the others from being read.
async function lookAll<T>(place: Place, work: () => Promise<Seen<T>> | Seen<T>): Promise<Seen<T>> {
  try {
    return await work();
  } catch (error) {
    return { found: [], faults: [faultOf(place, error)] };
  }
}

function together<T>(seen: readonly Seen<T>[]): Seen<T> {
  return { found: seen.flatMap(({ found }) => found), faults: seen.flatMap(({ faults }) => faults) };
}
