import type { Guest } from '../guest/guest.ts';
import type { Machine } from '../guest/machine.ts';

/** Where a device is looked up, and where it will be plugged in. */
export interface Place {
  readonly host: Machine;
  /** The file's network namespace. */
  readonly netns: string | null;
  /** Number of the guest's root port. */
  readonly port: number;
}

/** More QEMU properties for a virtio-net device, such as `{ csum: false }`. */
export type NicProperties = Readonly<Record<string, boolean | number>>;

/** A device that was looked up before its guest boots. */
export interface Plug {
  /** QEMU's arguments for it. */
  readonly qemuArgs: readonly string[];
  /** Plugs it into the booted guest. */
  plugIn(guest: Guest, nic: NicProperties): Promise<void>;
}
