import type { Mac } from '../model/mac.ts';

/** The kinds of door: the interfaces that VMMs offer to programs other than Kata. */
export const doorKinds = ['cloud-hypervisor', 'qemu-hmp', 'qemu-qmp'] as const;

/** The protocol of a door: Cloud Hypervisor's HTTP, QEMU's human monitor, or QEMU's machine protocol. */
export type DoorKind = (typeof doorKinds)[number];

/** A way to reach the monitor of a running sandbox. */
export interface Door {
  readonly kind: DoorKind;
  /** Absolute path of the monitor's socket. It may be longer than a socket address can be. */
  readonly socket: string;
}

/** A network card for a guest. */
export interface NicToPlug {
  /** Its name in the monitor: `dan-` and letters and digits, derived from the attachment, so that retries agree. */
  readonly id: string;
  readonly mac: Mac;
  /**
   * The queues of its tap, open with IFF_VNET_HDR, one for each queue pair. The monitor gets copies: the caller closes
   * the queues afterwards, in any case.
   */
  readonly queues: readonly number[];
}

/** A network card that was plugged into a guest, as the record keeps it. */
export interface PluggedNic {
  readonly id: string;
  /** Its bridge or port in QEMU; Cloud Hypervisor has none. */
  readonly bus?: string;
  /** Its slot there, 0 to 31. */
  readonly slot: number;
  /** Where the guest finds it: the PCI slots from the root on, two hexadecimal digits each, like `02/1e`. */
  readonly devicePath: string;
}

/**
 * A connected VMM. One call at a time. Each ends by the connection's deadline, and throws one of the `monitor-…`
 * errors. After an error, the state of the connection is unknown: to undo something, close it and open another one.
 */
export interface Monitor {
  /**
   * Plugs a card in. The remains of an earlier attempt with the same id are removed first. dan takes QEMU's slots from
   * the top, since Kata takes them from the bottom. If a slot is taken meanwhile, the next one below is tried. If the
   * monitor reports a failure, this undoes what was done; after any other failure, {@link Monitor.unplug} does.
   */
  plug(nic: NicToPlug): Promise<PluggedNic>;
  /**
   * Takes a card out, and waits until the guest has released it. A missing card or part counts as taken out. Also
   * removes the parts that a killed `dan` left.
   */
  unplug(id: string): Promise<void>;
  /**
   * Whether the monitor has the card at its place. This does not say whether the card still has its tap: QEMU still
   * lists a backend that was removed while its card exists. The kernel knows, by the tap's carrier.
   */
  holds(nic: PluggedNic): Promise<boolean>;
  /** The ids of all of dan's cards in this machine, including those of which only a part is left. */
  ids(): Promise<readonly string[]>;
  /** Closes the connection. A call in progress fails. */
  close(): void;
}

/** The prefix of the ids of dan's cards. No other card has it. */
export const ownPrefix = 'dan-';
