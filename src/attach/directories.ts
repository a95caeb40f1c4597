import { type DirectoryFault, directoryFault } from '../host/files.ts';
import { danError } from '../model/error.ts';
import { join } from '../model/path.ts';

/** Where dan keeps what it must know again: a memory file system, since none of it outlives the node's links. */
const run = '/run/dan';

/** One record for each attachment, named as its link. */
export const recordDirectory = join(run, 'attachments');

/** When orphans were looked for, up to which record, and how many were removed. */
export const sweepPath = join(run, 'sweep.json');

/** Lock files. */
export const lockDirectory = join(run, 'locks');

/** Refuses directories in which a user other than root could put files. Throws `directory-unsafe`. */
export function refuseUnsafeDirectories(directories: readonly string[]): void {
  const faults = unsafeDirectories(directories);
  if (faults.length > 0) throw danError('directory-unsafe', faults.join('; '));
}

/** Why files must not be written to these directories or to those of dan itself, as sentences. Empty: they may be. */
export function unsafeDirectories(directories: readonly string[]): readonly string[] {
  return [run, recordDirectory, lockDirectory, ...directories].flatMap((directory) => {
    const fault = directoryFault(directory);
    if (fault === undefined) return [];
    const { seen, cure } = directoryFaultText(directory, fault);
    return [`${directory} ${seen}${cure === undefined ? '' : `: ${cure}`}`];
  });
}

/** What is wrong with a directory, as a clause that follows its path, and what cures it. Pure. */
export function directoryFaultText(
  directory: string,
  fault: DirectoryFault,
): { seen: string; cure: string | undefined } {
  switch (fault.is) {
    case 'symbolic-link':
      return { seen: 'is a symbolic link', cure: 'name the directory that it leads to' };
    case 'no-directory':
      return { seen: 'is not a directory', cure: undefined };
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
