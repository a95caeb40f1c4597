import { kernel } from '#kernel';
import type { MadeFile, OwnFile } from '../kinds/device.ts';
import { type Device, filesOf, type RecordedDevice, recordedKindOf } from '../kinds/kinds.ts';
import { apply } from '../host/apply.ts';
import { makeMacvtapNode } from '../host/device-node.ts';
import { lookAtFile, makeDirectory, removeFile } from '../host/files.ts';
import type { LinkState } from '../model/link-state.ts';
import { withLock } from '../host/lock.ts';
import type { Log } from '../host/log.ts';
import type { Site } from '../host/site.ts';
import type { Link } from '../model/link.ts';
import type { PodView } from '../model/pod-view.ts';
import { lockDirectory } from './directories.ts';

/** What a device takes from its link in the pod, so that DEL can give it back. */
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
  const takes = recordedKindOf(device).takes(device);
  if (takes === undefined || link === undefined) return undefined;
  return { index: link.index, mac: takes.mac, ...(await kernel.saveLinkState(takes.link, pod, site)) };
}

/** Makes what of a device is no link and no port: a device node, room for a socket. */
export async function makeFiles(device: Device, site: Site, log: Log): Promise<void> {
  for (const made of recordedKindOf(device).makes(device)) await makeFile(made, device, site, log);
}

async function makeFile(made: MadeFile, device: Device, site: Site, log: Log): Promise<void> {
  switch (made.make) {
    case 'socket-directory':
      makeDirectory(made.path, made.mode);
      // The virtual machine binds its socket, and fails over a stale one.
      for (const file of filesOf(device)) removeOwnFile(file, log);
      return;
    case 'macvtap-node':
      // Nodes of all sandboxes are in one directory, on which something may have to be mounted once.
      await withLock(lockDirectory, { kind: 'nodes', name: '' }, () =>
        makeMacvtapNode(made.path, made.link, made, site),
      );
      return;
    default:
      made satisfies never;
  }
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
  const takes = recordedKindOf(device).takes(device);
  if (takes === undefined) return;
  if (taken === undefined || site.pod === undefined) return;
  const { link: master, meanwhile } = takes;
  const [link] = await kernel.readLinks([master], 'pod', site);
  if (link?.index !== taken.index) return;
  if (meanwhile !== undefined && link.mac === meanwhile) {
    await apply([{ op: 'link-set', in: 'pod', name: master, address: taken.mac }], site);
  }
  await kernel.restoreLinkState(master, taken, site);
}
