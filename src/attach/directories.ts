import { directoryFault } from '../host/files.ts';
import { danError } from '../model/error.ts';
import { join } from '../model/path.ts';

/** Where dan keeps what it must know again: a memory file system, since none of it outlives the node's links. */
const run = '/run/dan';

/** One record for each attachment, named as its link. */
export const recordDirectory = join(run, 'attachments');

/** Lock files. */
export const lockDirectory = join(run, 'locks');

/** Refuses directories in which somebody else than root could put files. Throws `directory-unsafe`. */
export function refuseUnsafeDirectories(directories: readonly string[]): void {
  const faults = unsafeDirectories(directories);
  if (faults.length > 0) throw danError('directory-unsafe', faults.join('; '));
}

/** Why directories must not be written to, and those of `dan` itself; empty: they may. */
export function unsafeDirectories(directories: readonly string[]): readonly string[] {
  return [run, recordDirectory, lockDirectory, ...directories].flatMap((directory) => {
    const fault = directoryFault(directory);
    return fault === undefined ? [] : [`${directory} ${fault}`];
  });
}

/** Where Kata's own configuration template has `dan_conf`. */
export const defaultDanConf = '/run/kata-containers/dans';
