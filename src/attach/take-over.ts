import { kernel } from '#kernel';
import type { OwnFile } from '../kinds/device.ts';
import { type Device, filesOf, recordedKindOf } from '../kinds/kinds.ts';
import { apply } from '../host/apply.ts';
import { makeMacvtapNode } from '../host/device-node.ts';
import { makeDirectory } from '../host/directory.ts';
import { withLock } from '../host/lock.ts';
import { wordsOf } from '../host/open-files.ts';
import { isListening, listenersOn } from '../host/socket.ts';
import type { Log } from '../host/log.ts';
import { lookAtFile, removeFile } from '../host/own-files.ts';
import type { Site } from '../host/site.ts';
import { type InterfaceName, parseInterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import { basename } from '../model/path.ts';
import type { LinkState, PodView } from '../model/pod-view.ts';
import { isDerivedName } from '../model/socket-path.ts';
import { lockDirectory } from './directories.ts';

/** What a device takes from its link in the pod, so that DEL can give it back. */
export interface Taken extends LinkState {
  /** The link's index: another link of the same name gets nothing back. */
  readonly index: number;
  readonly mac: string;
}

/** Reads what a device is about to take from its link in the pod, for the record; undefined if it takes nothing. */
export async function readTaken(
  device: Device,
  link: Link | undefined,
  pod: PodView,
  site: Site,
): Promise<Taken | undefined> {
  const takes = recordedKindOf(device).takes(device);
  if (takes === undefined || link === undefined) return undefined;
  return { index: link.index, mac: takes.mac, ...(await kernel.saveLinkState(takes.link, pod, site)) };
}

/** Makes the files of a device: a device node, or the directory for a socket. */
export async function makeFiles(device: Device, sandbox: string, site: Site, log: Log): Promise<void> {
  for (const made of recordedKindOf(device).makes(device)) {
    if (made.make === 'socket-directory') {
      makeDirectory(made.path, made.mode, 'group');
      // The VMM binds its socket, and fails if a stale one is there.
      for (const file of filesOf(device)) await removeOwnFile(file, sandbox, log);
    } else {
      made.make satisfies 'macvtap-node';
      // The nodes of all sandboxes are in one directory, on which the first attachment may have to mount a file system.
      await withLock(lockDirectory, { kind: 'nodes', name: '' }, () =>
        makeMacvtapNode(made.path, made.link, made, site),
      );
    }
  }
}

/**
 * Removes a file of dan's. A file of another type at that path stays, and so does a socket on which another process
 * listens by now; both are logged. `sandbox` is the attachment's sandbox, if a record has it.
 */
export async function removeOwnFile({ kind, path }: OwnFile, sandbox: string | undefined, log: Log): Promise<void> {
  const there = lookAtFile(path);
  if (there === 'missing') return;
  if (there !== kind) {
    log('warn', `a file of another type is where the ${kind} of this attachment was: it is left alone`, { path });
  } else if (kind === 'socket' && !isDerivedName(basename(path)) && (await isOfAnother(path, sandbox))) {
    log('warn', 'another process now listens on the socket of this attachment: dan leaves it alone', { path });
  } else {
    removeFile(path, { durable: false, type: kind === 'socket' ? 'socket' : 'character-device' });
  }
}

// Somebody chose the path, so another process may use it in between. Kata's VMM, or the shim that contains it, has the
// sandbox's id in its command line.
async function isOfAnother(path: string, sandbox = ' '): Promise<boolean> {
  if (!(await isListening(path))) return false;
  return !listenersOn(path).some((pid) => wordsOf(pid).some((word) => word.includes(sandbox)));
}

/**
 * The pod's link with an index, under its current name. `name` is its previous name. Undefined if there is none, or if
 * its name is not one that dan accepts.
 */
export async function linkAt(
  index: number,
  name: InterfaceName,
  site: Site,
): Promise<{ readonly link: InterfaceName; readonly there: Link } | undefined> {
  const [named] = await kernel.readLinks([name], 'pod', site);
  const there =
    named?.index === index ? named : (await kernel.readAllLinks('pod', site)).find((link) => link.index === index);
  const parsed = parseInterfaceName(there?.name);
  return there !== undefined && parsed.ok ? { link: parsed.value, there } : undefined;
}

/**
 * Gives a link in the pod back what a device took from it: MAC, addresses, routes, neighbors. A route that the kernel
 * refuses is logged: no later DEL could give it back either.
 */
export async function giveBack(device: Device, taken: Taken | undefined, site: Site, log: Log): Promise<void> {
  const takes = recordedKindOf(device).takes(device);
  if (takes === undefined) return;
  if (taken === undefined || site.pod === undefined) return;
  const { link: name, meanwhile } = takes;
  const found = await linkAt(taken.index, name, site);
  if (found === undefined) return;
  const { link: master, there } = found;
  if (there.mac === undefined || ![taken.mac, meanwhile].includes(there.mac)) {
    log('warn', `${master} in the pod's namespace has another MAC now: dan gives it nothing back`, { mac: there.mac });
    return;
  }
  if (there.mac === meanwhile) {
    await apply([{ op: 'link-set', in: 'pod', name: master, address: taken.mac }], site);
  }
  const refused = await kernel.restoreLinkState(master, taken, site);
  if (refused.length > 0)
    log('warn', `${master} in the pod's namespace did not get all of its routes back`, { refused });
}
