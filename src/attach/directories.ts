import { findDirectory, ownDirectory } from '../host/directory.ts';
import { directoryUnsafe, faultSentence, type FaultAt } from '../host/directory-fault.ts';
import { exists } from '../host/files.ts';
import { type DeviceRequest, wantsOf } from '../kinds/kinds.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { dirname, join } from '../model/path.ts';

// dan's state is in a memory file system, since none of it outlives the node's links.

/** One record for each attachment, named after its link. */
export const recordDirectory = join(ownDirectory, 'attachments');

/** Records that must survive when /run is emptied, since the node's virtual functions stay configured then. */
export const lastingDirectory = '/var/lib/dan/attachments';

/** The path of a record in {@link lastingDirectory}. */
export function lastingPath(link: InterfaceName): string {
  return join(lastingDirectory, `${link}.json`);
}

/** Whether there may be a record in {@link lastingDirectory}. */
export function hasLasting(link: InterfaceName): boolean {
  return exists(lastingPath(link));
}

/** The last record that a sweep for orphans looked at, and the number removed. Its modification time is the sweep's. */
export const sweepPath = join(ownDirectory, 'sweep.json');

/** Lock files. */
export const lockDirectory = join(ownDirectory, 'locks');

/** Refuses directories in which a user other than root could create files. Throws `directory-unsafe`. */
export function refuseUnsafeDirectories(danConf: string, device?: DeviceRequest): void {
  const faults = faultsOf(danConf, device);
  if (faults.length > 0) throw directoryUnsafe(faults);
}

/**
 * Why dan must not write files to a directory of DAN files, to its own directories, or to that of a device's socket, as
 * sentences. Empty if it may.
 */
export function unsafeDirectories(danConf: string, device?: DeviceRequest): readonly string[] {
  return [...new Set(faultsOf(danConf, device).map(faultSentence))];
}

function faultsOf(danConf: string, device: DeviceRequest | undefined): readonly FaultAt[] {
  const own = [recordDirectory, lockDirectory, danConf].map((directory) => findDirectory(directory).fault);
  const ofSocket = device === undefined ? undefined : socketDirectoryOf(device);
  // A switch that does not run as root has a group, which may write to the directory of its sockets.
  const faults = [...own, ofSocket === undefined ? undefined : findDirectory(ofSocket, 'group').fault];
  return faults.filter((fault) => fault !== undefined);
}

/** The directory of a device's socket; undefined if the device has none. */
function socketDirectoryOf(device: DeviceRequest): string | undefined {
  const { socket } = wantsOf(device);
  return socket && (socket.path === undefined ? socket.directory : dirname(socket.path));
}

/** The `dan_conf` in Kata's own configuration template. */
export const defaultDanConf = '/run/kata-containers/dans';
