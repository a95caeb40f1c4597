import { type DirectoryFault, directoryFault } from '../host/files.ts';
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
    if (fault === undefined) return [];
    const { seen, cure } = directoryFaultText(directory, fault);
    return [`${directory} ${seen}${cure === undefined ? '' : `: ${cure}`}`];
  });
}

/** A fault of a directory as it is told: in a clause behind its path, and what mends it. */
interface DirectoryFaultText {
  readonly seen: string;
  readonly cure: string | undefined;
}

/** Tells what is wrong with a directory. Pure. */
export function directoryFaultText(directory: string, fault: DirectoryFault): DirectoryFaultText {
  switch (fault.is) {
    case 'symbolic-link':
      return { seen: 'is a symbolic link', cure: 'name the directory that it leads to' };
    case 'no-directory':
      return { seen: 'is no directory', cure: undefined };
    case 'of-another':
      return { seen: `belongs to user ${fault.user}`, cure: `"chown root ${directory}"` };
    case 'writable':
      return { seen: 'can be written to by others', cure: `"chmod go-w ${directory}"` };
    default:
      return fault satisfies never;
  }
}

/** Where Kata's own configuration template has `dan_conf`. */
export const defaultDanConf = '/run/kata-containers/dans';
