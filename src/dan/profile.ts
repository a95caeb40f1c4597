import type { AttachedDevice } from './attachment.ts';

/**
 * Who reads the file. No file with a device suits every reader of Kata, so a network names its reader:
 * `runtime-rs` is the Rust runtime from Kata 4.0 on, `runtime-rs-3` the one before, `generic` the format as it was first
 * published, `go` is Kata's Go runtime.
 */
export const profileNames = ['runtime-rs', 'runtime-rs-3', 'go', 'generic'] as const;

/** The name of a reader profile. */
export type ProfileName = (typeof profileNames)[number];

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
  /** What it does not carry of routes, though Kata's Rust runtime does; left out: it carries all. Its neighbors are bare addresses. */
  readonly carries?: 'plain-routes';
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
  // The queues of a function are its driver's, so that none are written.
  go: { name: 'go', devices: { vfio: {} }, queueNum: true, isKata: true, carries: 'plain-routes' },
  generic: {
    name: 'generic',
    devices: { 'host-tap': {}, macvtap: {}, 'vhost-user': { mtu: 9600 }, vfio: {} },
    queueNum: true,
    isKata: false,
  },
};
