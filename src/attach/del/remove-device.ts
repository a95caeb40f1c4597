import { kernel } from '#kernel';
import type { OwnFile, OwnLink, OwnRedirect } from '../../kinds/device.ts';
import { madeLinkKinds, type Device, recordedKindOf, straysOf } from '../../kinds/kinds.ts';
import { apply } from '../../host/apply.ts';
import type { Log } from '../../host/log.ts';
import { deleteOvsPorts } from '../../host/ovs.ts';
import type { Site } from '../../host/site.ts';
import { danError } from '../../model/error.ts';
import type { DerivedNames } from '../../model/identity.ts';
import type { Link } from '../../model/link.ts';
import type { Where } from '../../model/operation.ts';
import { type OvsDatabase, proofKey } from '../../model/ovs.ts';
import type { JsonObject } from '../../json/object.ts';
import { attemptAll } from '../attempts.ts';
import type { AttachmentRecord } from '../record.ts';
import { giveBack, removeOwnFile, type Taken } from '../take-over.ts';

/** What may be there of a device, and what is known of it. */
export interface Remains {
  /** The device that ADD was about to make, and what it took; undefined without a record. */
  readonly made?: { readonly device: Device; readonly sandbox: string; readonly taken: Taken | undefined };
  readonly links: readonly OwnLink[];
  readonly redirects: readonly OwnRedirect[];
  readonly files: readonly OwnFile[];
  /** The Open vSwitch that may have ports of ours, and the mark of these. */
  readonly ports: { readonly database: OvsDatabase; readonly proof: string } | undefined;
  /** Mark of redirects that may be at the ingress of any link in the pod. */
  readonly strayCookie?: string;
}

/** What a device may have left, by its record. */
export function remainsOf({ device, sandbox, taken }: Pick<AttachmentRecord, 'device' | 'sandbox' | 'taken'>): Remains {
  const kind = recordedKindOf(device);
  const port = kind.port(device);
  return {
    made: { device, sandbox, taken },
    links: kind.madeLinks(device),
    redirects: kind.redirects(device),
    files: kind.files(device),
    ports: port && { database: port.database, proof: port.externalIds[proofKey] ?? '' },
  };
}

/**
 * What an attachment may have left whose record is lost: any link that dan could have made for it, any redirect, any port
 * in the Open vSwitch with this database, any file of a derived name. `document` is the configuration, which may be faulty.
 */
export function remainsWithoutRecord(names: DerivedNames, database?: OvsDatabase, document: JsonObject = {}): Remains {
  const { altname, cookie } = names;
  const ports = database && { database, proof: altname };
  return { ...straysOf(names, document), redirects: [], ports, strayCookie: cookie };
}

/**
 * Removes a device: first what is ours at the ingress of the pod's own links, so that their traffic flows again, and our
 * ports, so that no switch looks for a link that has gone; then our links; then the pod's link gets back what was taken
 * from it. What is in the pod's namespace goes with the namespace. Something that is missing counts as removed.
 */
export async function removeDevice(remains: Remains, site: Site, log: Log): Promise<void> {
  const { made, redirects, files, ports, strayCookie } = remains;
  const places: readonly Where[] = site.pod === undefined ? ['host'] : ['pod', 'host'];
  const inPod = [
    ...redirects.map((redirect) => () => removeRedirect(redirect, site, log)),
    ...(strayCookie === undefined ? [] : [() => removeStrays(strayCookie, site)]),
  ];
  await attemptAll([
    ...(site.pod === undefined ? [] : inPod),
    ...(ports === undefined ? [] : [() => deleteOvsPorts(ports.database, ports.proof, site)]),
    ...places.map((where) => () => removeLinks(remains, where, site, log)),
    ...files.map((file) => () => removeOwnFile(file, made?.sandbox, log)),
    ...(made === undefined ? [] : [() => giveBack(made.device, made.taken, site, log)]),
  ]);
}

// The cookie is the proof. If others use the discipline by now, only our filter goes: with its target gone, it would drop
// every frame.
async function removeRedirect(
  { link, index, cookie, queueLength, in: where }: OwnRedirect,
  site: Site,
  log: Log,
): Promise<void> {
  const [there] = await kernel.readLinks([link], where, site);
  if (there?.index !== index) return;
  const { disciplines, filters } = await kernel.readIngress(link, where, site);
  const was = { op: 'link-set', in: where, name: link, queueLength } as const;
  if (disciplines.length === 0) {
    // A DEL may have been killed between the two.
    if (there.queueLength !== queueLength) await apply([was], site);
    return;
  }
  const ours = filters.filter((filter) => filter.cookie === cookie);
  // ADD may have been killed between making the discipline and filling it: an empty one that a record claims is ours.
  if (ours.length < filters.length) {
    const names = filters.map(({ kind }) => kind);
    log('warn', 'the ingress of a link has filters that dan did not make: they stay', { link, filters: names });
    const redirects = ours.map(({ preference }) => ({ op: 'filter-del', in: where, name: link, preference }) as const);
    await apply(redirects, site);
    return;
  }
  await apply([{ op: 'ingress-del', in: where, name: link }, was], site);
}

// Without a record the link is not known, so the ingress of every link is looked at.
async function removeStrays(cookie: string, site: Site): Promise<void> {
  for (const link of await kernel.linksWithIngress(site)) {
    const { filters } = await kernel.readIngress(link, 'pod', site);
    const ours = filters.length > 0 && filters.every((filter) => filter.cookie === cookie);
    if (ours) await apply([{ op: 'ingress-del', in: 'pod', name: link }], site);
  }
}

/**
 * One `ip` process when all is as it was made: deleting by altname is proof of ownership and deletion in one step. A
 * link without our altname goes only if it has our alias, or if a record claims it and ADD was killed before it could
 * be marked: no alias, down, no master. Anything else of that name stays.
 */
async function removeLinks({ links, made }: Remains, where: Where, site: Site, log: Log): Promise<void> {
  const own = links.filter((link) => link.in === where);
  if (own.length === 0) return;
  const altnames = own.map(({ altname }) => altname);
  if (await kernel.deleteLinks(altnames, where, site)) return;
  const there = await kernel.readLinks([...new Set([...altnames, ...own.map(({ name }) => name)])], where, site);
  for (const link of new Map(there.map((one) => [one.index, one])).values()) {
    const claimed = own.find(({ name, altname }) => link.altnames.includes(altname) || link.name === name);
    if (claimed === undefined) continue;
    if (link.altnames.includes(claimed.altname)) throw stays(link);
    if (link.alias !== claimed.alias && !(made !== undefined && isUnmarked(link))) {
      const fields = { link: link.name, alias: link.alias };
      log('warn', 'a link has the name of a link of dan, but dan did not make it: it stays', fields);
      continue;
    }
    // The other end of a pair may have gone with the first.
    await kernel.deleteLinks([claimed.name], where, site);
    const [still] = await kernel.readLinks([claimed.name], where, site);
    if (still !== undefined) throw stays(still);
  }
}

function isUnmarked(link: Link): boolean {
  return madeLinkKinds.has(link.kind ?? '') && link.alias === undefined && !link.up && link.master === undefined;
}

function stays({ name }: Link): Error {
  return danError(
    'command-failed',
    `"ip link del dev ${name}" did not remove it: see with "ip -d link show ${name}" why`,
  );
}
