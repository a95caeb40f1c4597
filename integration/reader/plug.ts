import type { Guest } from '../guest/guest.ts';
import type { Machine } from '../guest/machine.ts';

/** Where a device is looked up, and where it is to be plugged in. */
export interface Place {
  readonly host: Machine;
  /** The file's network namespace. */
  readonly netns: string | null;
  /** Number of the guest's root port. */
  readonly port: number;
}

/** Further properties of a virtio-net device, as QEMU has them, such as `{ csum: false }`. */
export type NicProperties = Readonly<Record<string, boolean | number>>;

/** A device that was looked up before its guest boots. */
export interface Plug {
  /** What QEMU is started with for it. */
  readonly qemuArgs: readonly string[];
  /** Plugs it into the guest when that has booted. */
  plugIn(guest: Guest, nic: NicProperties): Promise<void>;
}
