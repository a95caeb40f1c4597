import { findDirectory, ownDirectory } from '../host/directory.ts';
import { directoryUnsafe, faultSentence, type FaultAt } from '../host/directory-fault.ts';
import { exists } from '../host/files.ts';
import { type DeviceRequest, wantsOf } from '../kinds/kinds.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { dirname, join } from '../model/path.ts';

// What dan must know again is in a memory file system, since none of it outlives the node's links.

/** One record for each attachment, named as its link. */
export const recordDirectory = join(ownDirectory, 'attachments');

/** Where records are kept that must outlive those: the node's virtual functions stay as they are when /run is emptied. */
export const lastingDirectory = '/var/lib/dan/attachments';

/** The path of a record there. */
export function lastingPath(link: InterfaceName): string {
  return join(lastingDirectory, `${link}.json`);
}

/** Whether there may be such a record. */
export function hasLasting(link: InterfaceName): boolean {
  return exists(lastingPath(link));
}

/** When orphans were looked for, up to which record, and how many were removed. */
export const sweepPath = join(ownDirectory, 'sweep.json');

/** Lock files. */
export const lockDirectory = join(ownDirectory, 'locks');

/** Refuses directories in which a user other than root could put files. Throws `directory-unsafe`. */
export function refuseUnsafeDirectories(danConf: string, device?: DeviceRequest): void {
  const faults = faultsOf(danConf, device);
  if (faults.length > 0) throw directoryUnsafe(faults);
}

/**
 * Why files must not be written to a directory of DAN files, to those of dan itself, or to that of a device's socket, as
 * sentences. Empty: they may be.
 */
export function unsafeDirectories(danConf: string, device?: DeviceRequest): readonly string[] {
  return [...new Set(faultsOf(danConf, device).map(faultSentence))];
}

function faultsOf(danConf: string, device: DeviceRequest | undefined): readonly FaultAt[] {
  const own = [recordDirectory, lockDirectory, danConf].map((directory) => findDirectory(directory).fault);
  const ofSocket = device === undefined ? undefined : socketDirectoryOf(device);
  // The group of a switch that is not root may write to the directory of its sockets.
  const faults = [...own, ofSocket === undefined ? undefined : findDirectory(ofSocket, 'group').fault];
  return faults.filter((fault) => fault !== undefined);
}

/** The directory of a device's socket; undefined where it has none. */
function socketDirectoryOf(device: DeviceRequest): string | undefined {
  const { socket } = wantsOf(device);
  return socket && (socket.path === undefined ? socket.directory : dirname(socket.path));
}

/** Where Kata's own configuration template has `dan_conf`. */
export const defaultDanConf = '/run/kata-containers/dans';
