import { latin1 } from '#bytes';
import { system } from '#system';
import { closing, readAll } from '../files.ts';
import type { Kernel } from '../kernel.ts';
import { inPlaces } from './places.ts';
import { accepted } from './refusal.ts';

/** MS_NOSUID | MS_NOEXEC of linux/mount.h. */
const withoutPrograms = 0x2 | 0x8;

/** S_IFCHR of inode(7), for its owner alone. */
const characterDevice = 0o020600;

/** The most bytes of "major:minor" and a line feed. */
const numbersLength = 64;

/**
 * Reads the numbers of a macvtap's character device, mounts a file system for device nodes, and makes a device node.
 * sysfs shows the links of the namespace in which it was mounted, so it is mounted in the pod's namespace, at no path.
 */
export const deviceNodes: Pick<Kernel, 'makeCharacterDevice' | 'mountForNodes' | 'readMacvtapNumbers'> = {
  readMacvtapNumbers: (link, site) =>
    inPlaces(site, `tell the device numbers of the macvtap ${link}`, (places) => {
      const index = places.indexOf('pod', link);
      const sysfs = places.within('pod', () => accepted(native.fsmount('sysfs')));
      const numbers = `class/net/${link}/tap${index}/dev`;
      return closing(sysfs, () =>
        closing(accepted(native.openat(sysfs, numbers, 0, 0)), (file) => latin1(readAll(file, numbersLength))),
      );
    }),
  mountForNodes: (directory, site) =>
    inPlaces(site, `mount a tmpfs on ${directory}`, () => {
      accepted(native.mount('dan', directory, 'tmpfs', withoutPrograms, 'mode=755,size=1m'));
    }),
  makeCharacterDevice: (path, { major, minor }, site) =>
    inPlaces(site, `make the device node ${path}`, () => {
      accepted(native.mknod(path, characterDevice, major, minor));
      // The umask may have removed permission bits.
      system.chmod(path, 0o600);
    }),
};
