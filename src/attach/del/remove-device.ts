import { kernel } from '#kernel';
import type { OwnFile, OwnLink, OwnRedirect } from '../../kinds/device.ts';
import { type Device, recordedKindOf, straysOf } from '../../kinds/kinds.ts';
import { apply } from '../../host/apply.ts';
import type { Log } from '../../host/log.ts';
import { deleteOvsPort, type OwnPort } from '../../host/ovs.ts';
import type { Site } from '../../host/site.ts';
import { danError } from '../../model/error.ts';
import type { DerivedNames } from '../../model/identity.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { Link } from '../../model/link.ts';
import type { Where } from '../../model/operation.ts';
import { basename } from '../../model/path.ts';
import { type OvsDatabase, portNames, proofKey } from '../../model/ovs.ts';
import type { JsonObject } from '../../json/object.ts';
import { attemptAll } from '../attempts.ts';
import { ownedBy } from '../ownership.ts';
import type { AttachmentRecord, RecordState } from '../record.ts';
import { giveBack, linkAt, removeOwnFile, type Taken } from '../take-over.ts';

/** What may be left of a device, and what is known about it. */
export interface Remains {
  /** What ADD was about to make; undefined without a record. */
  readonly made?: Made;
  readonly links: readonly OwnLink[];
  readonly redirects: readonly OwnRedirect[];
  readonly files: readonly OwnFile[];
  /** The Open vSwitch that may have a port of ours, with the possible names of the port, and its mark. */
  readonly port: OwnPort | undefined;
  /** Mark of redirects that may be at the ingress of any link in the pod. */
  readonly strayCookie?: string;
}

/** What a record says about the device. */
interface Made {
  readonly device: Device;
  readonly sandbox: string;
  /** What it took over from its link in the pod. */
  readonly taken: Taken | undefined;
  /** The guest's MAC. The link in the pod from which the device takes its frames has the same one. */
  readonly guestMac: string;
  /** ADD completed: everything was made and marked. */
  readonly isWhole: boolean;
}

/** What a device may have left, according to its record. */
export function remainsOf({ device, sandbox, taken, guestMac, entry }: Recorded): Remains {
  const kind = recordedKindOf(device);
  const port = kind.port(device);
  return {
    made: { device, sandbox, taken, guestMac, isWhole: entry !== undefined },
    links: kind.madeLinks(device),
    redirects: kind.redirects(device),
    files: kind.files(device).filter((file) => isOwnFile(file, kind.name(device), entry)),
    port: port && { database: port.database, names: [port.name], proof: port.externalIds[proofKey] ?? '' },
  };
}

// A socket with a chosen name belongs to the virtual machine only if the entry names it, too: the VMM binds the path in
// the entry.
function isOwnFile({ kind, path }: OwnFile, name: InterfaceName, entry: Recorded['entry']): boolean {
  if (kind !== 'socket' || basename(path).startsWith(name)) return true;
  return entry !== undefined && 'path' in entry.device && entry.device.path === path;
}

/** The parts of a record from which `remainsOf` tells what may be left. */
type Recorded = Pick<AttachmentRecord, 'device' | 'entry' | 'guestMac' | 'sandbox' | 'taken'>;

/**
 * What an attachment without a record may have left: any link that dan could have made for it, any redirect, a port in
 * the Open vSwitch with this database, any file with a derived name. `document` is the configuration, which may be
 * faulty.
 */
export function remainsWithoutRecord(names: DerivedNames, database?: OvsDatabase, document: JsonObject = {}): Remains {
  const { link, altname, cookie } = names;
  const port = database && { database, names: portNames(link), proof: altname };
  return { ...straysOf(names, document), redirects: [], port, strayCookie: cookie };
}

/** What an attachment may have left, by its record; without a usable one, as {@link remainsWithoutRecord}. */
export function remainsBy(
  state: RecordState,
  names: DerivedNames,
  database?: OvsDatabase,
  document: JsonObject = {},
): Remains {
  if (state.is === 'ours') return remainsOf(state.record);
  const remains = remainsWithoutRecord(names, database, document);
  // A file's name has only the short name, so it may belong to the other attachment.
  return state.is === 'foreign' ? { ...remains, files: [] } : remains;
}

/**
 * Removes a device. First it removes what is ours at the ingress of the pod's own links, so that their traffic flows
 * again, and our ports, so that no switch looks for a missing link. Then it removes our links, and the pod's link gets
 * back what the device took. If the pod's namespace is gone, so is everything in it. Something that is missing counts
 * as removed.
 */
export async function removeDevice(remains: Remains, site: Site, log: Log): Promise<void> {
  const { made, redirects, files, port, strayCookie } = remains;
  const taken = made && recordedKindOf(made.device).function(made.device);
  const places: readonly Where[] = site.pod === undefined ? ['host'] : ['pod', 'host'];
  const inPod = [
    ...redirects.map((redirect) => () => removeRedirect(redirect, made?.guestMac, site, log)),
    ...(strayCookie === undefined ? [] : [() => removeStrayRedirects(new Set([strayCookie]), site)]),
  ];
  await attemptAll([
    ...(site.pod === undefined ? [] : inPod),
    ...(port === undefined ? [] : [() => deleteOvsPort(port, site)]),
    ...places.map((where) => () => removeLinks(remains, where, site, log)),
    ...files.map((file) => () => removeOwnFile(file, made?.sandbox, log)),
    ...(made === undefined ? [] : [() => giveBack(made.device, made.taken, site, log)]),
    ...(taken === undefined
      ? []
      : [async () => (await import('../function/release.ts')).releaseFunction(taken, site, log)]),
  ]);
}

// The cookie proves ownership. If others use the queueing discipline by now, only our filter is removed: without its
// target, it would drop every frame. An empty discipline and the queue length have no mark, so they are ours only on
// the same link.
async function removeRedirect(
  { link: name, index, cookie, queueLength, in: where }: OwnRedirect,
  mac: string | undefined,
  site: Site,
  log: Log,
): Promise<void> {
  const found = await linkAt(index, name, site);
  if (found === undefined) return;
  const { link, there } = found;
  const isSame = there.mac === mac;
  const { disciplines, filters } = await kernel.readIngress(link, where, site);
  const was = isSame ? [{ op: 'link-set', in: where, name: link, queueLength } as const] : [];
  if (disciplines.length === 0) {
    // A DEL may have been killed between removing the discipline and restoring the queue length.
    if (there.queueLength !== queueLength) await apply(was, site);
    return;
  }
  const ours = filters.filter((filter) => filter.cookie === cookie);
  // ADD may have been killed before it filled the discipline: an empty one that a record claims is ours.
  if (ours.length < filters.length) {
    const names = filters.map(({ kind }) => kind);
    log('warn', 'the ingress of a link has filters that dan did not make: dan leaves them', { link, filters: names });
    const redirects = ours.map(({ preference }) => ({ op: 'filter-del', in: where, name: link, preference }) as const);
    await apply(redirects, site);
    return;
  }
  if (ours.length > 0 || isSame) await apply([{ op: 'ingress-del', in: where, name: link }, ...was], site);
}

/**
 * Removes redirects with these marks from the ingress of links in the pod that have nothing else there. Without a
 * record the link is unknown, so this looks at every link.
 */
export async function removeStrayRedirects(cookies: ReadonlySet<string>, site: Site): Promise<void> {
  for (const link of await kernel.linksWithIngress(site)) {
    const { filters } = await kernel.readIngress(link, 'pod', site);
    const ours = filters.length > 0 && filters.every(({ cookie }) => cookie !== undefined && cookies.has(cookie));
    if (ours) await apply([{ op: 'ingress-del', in: 'pod', name: link }], site);
  }
}

/**
 * If ADD completed, the links are marked, and an altname is unique in the kernel: deleting by altname proves ownership
 * and deletes in one step. Without such a record, each link is checked first. One of our links may stay only if the
 * kernel does not remove it.
 */
async function removeLinks({ links, made }: Remains, where: Where, site: Site, log: Log): Promise<void> {
  const own = links.filter((link) => link.in === where);
  if (own.length === 0) return;
  const altnames = own.map(({ altname }) => altname);
  if (made?.isWhole === true && (await kernel.deleteLinks(altnames, where, site))) return;
  const read = async (): Promise<ReadonlyMap<number, Link>> => {
    const found = await kernel.readLinks([...new Set([...altnames, ...own.map(({ name }) => name)])], where, site);
    return new Map(found.map((link) => [link.index, link]));
  };
  const there = await read();
  const ours = new Map<number, string>();
  for (const link of own) {
    const found = ownedBy(link, [...there.values()], made?.isWhole === false);
    if (found !== undefined) ours.set(found.index, found.name === link.name ? link.name : link.altname);
  }
  for (const { index, name, alias } of there.values()) {
    if (ours.has(index)) continue;
    log('warn', 'a link has a name that dan derives, but dan did not make it: dan leaves it', { link: name, alias });
  }
  // Deleting one end of a pair may delete the other.
  if (ours.size === 0 || (await kernel.deleteLinks([...ours.values()], where, site))) return;
  const still = [...(await read()).values()].find(({ index }) => ours.has(index));
  if (still !== undefined) throw stays(still);
}

function stays({ name }: Link): Error {
  return danError(
    'command-failed',
    `"ip link del dev ${name}" did not remove it: see with "ip -d link show ${name}" why`,
  );
}
