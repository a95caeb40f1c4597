import type { Mac } from '../model/mac.ts';

/** The sorts of doors that a virtual machine monitor has for others than Kata. */
export const doorKinds = ['cloud-hypervisor', 'qemu-hmp', 'qemu-qmp'] as const;

/** How a monitor is spoken to: Cloud Hypervisor's HTTP, QEMU's human monitor, or QEMU's machine protocol. */
export type DoorKind = (typeof doorKinds)[number];

/** A way into the monitor of a sandbox that runs. */
export interface Door {
  readonly kind: DoorKind;
  /** Absolute path of the socket on which the monitor listens. It may be longer than the address of a socket can be. */
  readonly socket: string;
}

/** A network card that a guest is to get. */
export interface NicToPlug {
  /** Its name in the monitor: `dan-` and more letters and digits, derived from the attachment, so that a retry has the same. */
  readonly id: string;
  readonly mac: Mac;
  /**
   * The queues of its tap, open with IFF_VNET_HDR, one for each queue pair. The monitor gets copies: whoever opened them
   * closes them afterwards, in any case.
   */
  readonly queues: readonly number[];
}

/** A network card that a guest got: what the record keeps of it. */
export interface PluggedNic {
  readonly id: string;
  /** The bridge or port of QEMU that it is on; Cloud Hypervisor has none. */
  readonly bus?: string;
  /** Its slot there, 0 to 31. */
  readonly slot: number;
  /** Where the guest finds it: the slots from the root of PCI on, two hexadecimal digits each, like `02/1e`. */
  readonly devicePath: string;
}

/**
 * A virtual machine monitor that is connected. One call at a time. Each ends by the deadline that the connection was opened
 * with, and throws one of the `monitor-…` errors. After an error nothing is known of the connection: it is closed, and
 * another one opened, where something is to be undone.
 */
export interface Monitor {
  /**
   * Plugs a card. What is left of an earlier attempt with the same id goes first. QEMU's slots are taken from the top, since
   * Kata takes them from the bottom; one that is taken meanwhile is left, and the next below it tried. A failure that the
   * monitor itself reports takes back what was done; after any other, {@link Monitor.unplug} does.
   */
  plug(nic: NicToPlug): Promise<PluggedNic>;
  /**
   * Takes a card out, and waits until the guest has let go of it. What is missing counts as done, and so do its parts: what
   * a `dan` that was killed left of it goes, too.
   */
  unplug(id: string): Promise<void>;
  /**
   * Whether the monitor has the card where it was plugged. It does not tell whether the card has its tap still: QEMU goes on
   * listing a backend that was removed from under a card. The kernel tells, by the tap's carrier.
   */
  holds(nic: PluggedNic): Promise<boolean>;
  /** The ids of all cards of dan's in this machine, and of what is left of any. */
  ids(): Promise<readonly string[]>;
  /** Closes the connection. A call that is under way fails. */
  close(): void;
}

/** What no card of somebody else has as the start of its id. */
export const ownPrefix = 'dan-';
