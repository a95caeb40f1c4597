import type { OwnFile } from '../kinds/device.ts';
import { type Device, filesOf, type RecordedDevice } from '../kinds/kinds.ts';
import { apply, readLinks, restoreLinkState, saveLinkState } from '../host/kernel.ts';
import { makeMacvtapNode } from '../host/device-node.ts';
import { lookAtFile, makeDirectory, removeFile } from '../host/files.ts';
import type { LinkState } from '../model/link-state.ts';
import { withLock } from '../host/lock.ts';
import type { Log } from '../host/log.ts';
import type { Site } from '../host/site.ts';
import type { Link } from '../model/link.ts';
import { dirname, join } from '../model/path.ts';
import type { PodView } from '../model/pod-view.ts';
import { lockDirectory, recordDirectory } from './directories.ts';

/** What a macvtap takes from its link in the pod, so that DEL can give it back. */
export interface Taken extends LinkState {
  /** The link's index: another link of the same name gets nothing. */
  readonly index: number;
  readonly mac: string;
}

/** Writes down what a device is about to take from its link in the pod; undefined if it takes nothing. */
export async function writeDown(
  device: Device,
  link: Link | undefined,
  pod: PodView,
  site: Site,
): Promise<Taken | undefined> {
  if (device.kind !== 'macvtap' || link === undefined) return undefined;
  return { index: link.index, mac: device.mac, ...(await saveLinkState(device.master, pod, site)) };
}

/** Makes what of a device is no link and no port: a device node, room for a socket. */
export async function makeNode(device: Device, site: Site, log: Log): Promise<void> {
  if (device.kind === 'vhost-user') {
    // The group may pass, so that a switch that is not root can be let in.
    makeDirectory(dirname(device.path), 0o750);
    // The virtual machine binds it, and fails over a stale one.
    for (const file of filesOf(device)) removeOwnFile(file, log);
  }
  if (device.kind !== 'macvtap') return;
  // Nodes of all sandboxes are in one directory, on which something may have to be mounted once.
  await withLock(lockDirectory, { kind: 'nodes', name: '' }, () =>
    makeMacvtapNode(device.node, device.tap.name, device, site),
  );
}

/** Removes a file of ours; something else of that name stays. */
export function removeOwnFile({ kind, path }: OwnFile, log: Log): void {
  const there = lookAtFile(path);
  if (there === 'missing') return;
  if (there === kind) removeFile(path, { durable: false });
  else log('warn', `what has the place of our ${kind} is none: left alone`, { path });
}

/** Gives a link in the pod back what a device took from it: MAC, addresses, routes. */
export async function giveBack(device: RecordedDevice, taken: Taken | undefined, site: Site): Promise<void> {
  if (device.kind !== 'macvtap') return;
  const scratch = join(recordDirectory, `.${device.tap.name}.restore`);
  // What is left of a DEL that was killed.
  removeFile(scratch, { durable: false });
  if (taken === undefined || site.pod === undefined) return;
  const { master, masterMac } = device;
  const [link] = await readLinks([master], 'pod', site);
  if (link?.index !== taken.index) return;
  if (masterMac !== undefined && link.mac === masterMac) {
    await apply([{ op: 'link-set', in: 'pod', name: master, address: taken.mac }], site);
  }
  await restoreLinkState(master, taken, site, scratch);
}
