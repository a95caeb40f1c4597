import { latin1 } from '#bytes';
import { system } from '#system';
import { danError } from '../../model/error.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { DeviceNumbers } from '../executor.ts';
import { readAll } from '../files.ts';
import type { Site } from '../site.ts';
import * as kernel from '../system/native-kernel.ts';
import { inPlaces } from './places.ts';
import { accepted } from './refusal.ts';

/** MS_NOSUID | MS_NOEXEC of linux/mount.h. */
const withoutPrograms = 0x2 | 0x8;

/** S_IFCHR of inode(7), for its owner alone. */
const characterDevice = 0o020600;

/** Bytes of "major:minor" and a line feed, at the most. */
const numbersLength = 64;

/**
 * Reads the numbers of a macvtap's character device. sysfs shows the links of the namespace that it was mounted in, so one is
 * mounted from within the pod's, at no path. Throws `command-failed`.
 */
export function readMacvtapNumbers(link: InterfaceName, site: Site): Promise<DeviceNumbers> {
  return inPlaces(site, `tell the device numbers of the macvtap ${link}`, (places) => {
    const index = places.indexOf('pod', link);
    const sysfs = places.within('pod', () => accepted(kernel.fsmount('sysfs')));
    try {
      return readNumbers(sysfs, `class/net/${link}/tap${index}/dev`, link);
    } finally {
      system.close(sysfs);
    }
  });
}

function readNumbers(sysfs: number, path: string, link: InterfaceName): DeviceNumbers {
  const file = accepted(kernel.openat(sysfs, path));
  try {
    const said = latin1(readAll(file, numbersLength)).trim();
    const [, major, minor] = /^(\d+):(\d+)$/.exec(said) ?? [];
    if (major !== undefined && minor !== undefined) return { major: Number(major), minor: Number(minor) };
    throw danError('command-failed', `the kernel has no device numbers for the macvtap ${link}: it said "${said}"`);
  } finally {
    system.close(file);
  }
}

/** Mounts a small memory file system for device nodes on a directory. Throws `command-failed`. */
export function mountForNodes(directory: string, site: Site): Promise<void> {
  return inPlaces(site, `mount a tmpfs on ${directory}`, () => {
    accepted(kernel.mount('dan', directory, 'tmpfs', withoutPrograms, 'mode=755,size=1m'));
  });
}

/** Makes the node of a character device, mode 0600. Throws `command-failed`. */
export function makeCharacterDevice(path: string, { major, minor }: DeviceNumbers, site: Site): Promise<void> {
  return inPlaces(site, `make the device node ${path}`, () => {
    accepted(kernel.mknod(path, characterDevice, major, minor));
    // Whoever calls may have a umask of any kind.
    system.chmod(path, 0o600);
  });
}
