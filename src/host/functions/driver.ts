import { danError } from '../../model/error.ts';
import type { DriverChange } from '../../model/operation.ts';
import { basename, join } from '../../model/path.ts';
import type { PciAddress } from '../../model/pci.ts';
import { exists, linkTarget, onFile, writeText } from '../files.ts';
import { onNode } from './places.ts';

/** The driver of a device, which has this directory below sysfs; undefined: none. */
export function driverOf(device: string): string | undefined {
  const target = linkTarget(join(device, 'driver'));
  return target === undefined ? undefined : basename(target);
}

/** Whether a driver of PCI is loaded. */
export function hasDriver(driver: string, places = onNode): boolean {
  return exists(join(places.pci, 'drivers', driver));
}

/**
 * Gives a function to a driver, which alone may have it from then on. The driver that has it is asked to let go of it first:
 * where a program has it open, that takes until the program ends, so whoever calls this has looked. Throws
 * `driver-not-bound`, `io-failure`.
 */
export function bindDriver({ address, driver }: DriverChange, places = onNode): void {
  const now = rebind(address, { override: driver, driver }, places);
  if (now === driver) return;
  throw danError(
    'driver-not-bound',
    `the function ${address} did not get the driver ${driver}, and has ${now ?? 'none'}: see with "dmesg" what the kernel ` +
      'says of it',
  );
}

/** What driver a function is to have, and which alone it may have. */
export interface DriverState {
  readonly driver: string | undefined;
  readonly override: string | undefined;
}

/**
 * Gives a function another driver, or none, and returns the one that it has then: the kernel looks for it among those that are
 * loaded. Throws `io-failure`.
 */
export function rebind(address: PciAddress, { driver, override }: DriverState, places = onNode): string | undefined {
  const device = join(places.pci, 'devices', address);
  onFile(`the driver of the function ${address} cannot be changed`, () => {
    // An empty line takes an override back (driver_set_override of drivers/base/driver.c).
    writeAttribute(join(device, 'driver_override'), `${override ?? ''}\n`);
    const now = driverOf(device);
    if (now === driver) return;
    if (now !== undefined) writeAttribute(join(device, 'driver', 'unbind'), address);
    if (driver !== undefined) writeAttribute(join(places.pci, 'drivers_probe'), address);
  });
  return driverOf(device);
}

// The kernel takes an attribute in one piece, and has no file to make.
function writeAttribute(path: string, text: string): void {
  if (!exists(path)) throw Object.assign(new Error(`${path} is missing`), { code: 'ENOENT' });
  writeText(path, text, 'w');
}
