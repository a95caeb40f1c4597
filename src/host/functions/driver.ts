import { danError } from '../../model/error.ts';
import type { DriverChange } from '../../model/operation.ts';
import { basename, join } from '../../model/path.ts';
import type { PciAddress } from '../../model/pci.ts';
import { exists, linkTarget, onFile, writeText } from '../files.ts';
import { onNode } from './places.ts';

/** The driver of the device with this directory below sysfs; undefined if it has none. */
export function driverOf(device: string): string | undefined {
  const target = linkTarget(join(device, 'driver'));
  return target === undefined ? undefined : basename(target);
}

/** Whether a PCI driver is loaded. */
export function hasDriver(driver: string, places = onNode): boolean {
  return exists(join(places.pci, 'drivers', driver));
}

/**
 * Binds a function to a driver, and sets it as the only one that may have the function. First unbinds the current
 * driver. If a program has the function open, unbinding blocks until the program ends, so the caller must check this
 * before. Throws `driver-not-bound`, `io-failure`.
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

/** The driver that a function should have, and the only one that it may have. */
export interface DriverState {
  readonly driver: string | undefined;
  readonly override: string | undefined;
}

/**
 * Binds a function to another driver, or to none, and returns its driver afterwards. The kernel chooses among the
 * loaded drivers. Throws `io-failure`.
 */
export function rebind(address: PciAddress, { driver, override }: DriverState, places = onNode): string | undefined {
  const device = join(places.pci, 'devices', address);
  onFile(`the driver of the function ${address} cannot be changed`, () => {
    // An empty line removes an override (driver_set_override of drivers/base/driver.c).
    writeAttribute(join(device, 'driver_override'), `${override ?? ''}\n`);
    const now = driverOf(device);
    if (now === driver) return;
    if (now !== undefined) writeAttribute(join(device, 'driver', 'unbind'), address);
    if (driver !== undefined) writeAttribute(join(places.pci, 'drivers_probe'), address);
  });
  return driverOf(device);
}

// The kernel takes an attribute in a single write. A missing one is an ENOENT, because sysfs lets nobody create a file.
function writeAttribute(path: string, text: string): void {
  if (!exists(path)) throw Object.assign(new Error(`${path} is missing`), { code: 'ENOENT' });
  writeText(path, text, 'w');
}
