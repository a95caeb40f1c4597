import type { AttachedDevice } from './attachment.ts';

/**
 * Who reads the file. No file with a device suits every reader of Kata, so a network names its reader:
 * `runtime-rs` is the Rust runtime from Kata 4.0 on, `runtime-rs-3` the one before, `generic` the format as it was first
 * published.
 */
export const profileNames = ['runtime-rs', 'runtime-rs-3', 'generic'] as const;

/** The name of a reader profile. */
export type ProfileName = (typeof profileNames)[number];

/** The readers whose verdict on a DAN file is known: Kata's Go runtime, `go`, reads none that dan writes. */
export const readerNames = ['runtime-rs', 'runtime-rs-3', 'go', 'generic'] as const;

/** The name of a reader of DAN files. */
export type ReaderName = (typeof readerNames)[number];

/** Why a value of "runtime" is no profile. */
export function profileFault(value: unknown): string {
  if (value !== 'go') return `must be one of ${profileNames.join(', ')}`;
  return (
    "is not supported: Kata's Go runtime reads only vfio devices from a DAN file, and dan does not make vfio devices; use " +
    '"runtime-rs" and a Kata handler that starts the Rust runtime, or "generic" for another reader'
  );
}

/** What a reader makes of the parts in which the readers differ. */
export interface Profile {
  readonly name: ProfileName;
  /** What limits the devices that it attaches, by the form in which the file names them. */
  readonly devices: Readonly<Partial<Record<AttachedDevice['kind'], DeviceLimits>>>;
  /** `queue_num` is written. Before 4.0 the Rust runtime hands it on as a count of virtqueues, not of pairs. */
  readonly queueNum: boolean;
  /**
   * Kata's own: it sends one host's permanent neighbors alone, and its guest agent takes a route's source for one to send
   * from only if it is written as `ip/0`. For another reader, fields that say nothing are written, too.
   */
  readonly isKata: boolean;
}

interface DeviceLimits {
  /** The largest MTU, in bytes. */
  readonly mtu?: number;
  /** The one hypervisor that attaches it. */
  readonly hypervisor?: string;
}

const rust = {
  // Dragonball announces 1500 to the guest, whatever the file says.
  devices: { 'host-tap': {}, 'vhost-user': { mtu: 1500, hypervisor: 'dragonball' } },
  isKata: true,
} as const;

/** The profiles by name. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  'runtime-rs': { name: 'runtime-rs', ...rust, queueNum: true },
  'runtime-rs-3': { name: 'runtime-rs-3', ...rust, queueNum: false },
  generic: {
    name: 'generic',
    devices: { 'host-tap': {}, macvtap: {}, 'vhost-user': { mtu: 9600 } },
    queueNum: true,
    isKata: false,
  },
};
