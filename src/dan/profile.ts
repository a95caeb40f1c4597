import type { AttachedDevice } from './attachment.ts';

/**
 * The reader of the file. No file suits every reader of Kata, so a network names its reader: `runtime-rs` is the Rust
 * runtime from Kata 4.0 on, `runtime-rs-3` the one before, `generic` is the format as it was first published, `go` is
 * Kata's Go runtime.
 */
export const profileNames = ['runtime-rs', 'runtime-rs-3', 'go', 'generic'] as const;

/** The name of a reader profile. */
export type ProfileName = (typeof profileNames)[number];

/** How a reader treats the parts in which the readers differ. */
export interface Profile {
  readonly name: ProfileName;
  /** The limits of the devices that it attaches, by their form in the file. */
  readonly devices: Readonly<Partial<Record<AttachedDevice['kind'], DeviceLimits>>>;
  /** `queue_num` is written. Before 4.0, the Rust runtime uses it as a number of virtqueues instead of pairs. */
  readonly queueNum: boolean;
  /**
   * The reader is Kata's. It passes on only permanent neighbors with a host address, and its guest agent uses a route's
   * source as the preferred source only if it is written as `ip/0`. For another reader, empty fields are written, too.
   */
  readonly isKata: boolean;
  /** The parts of routes that it does not carry; left out if it carries all. Its neighbors are bare addresses. */
  readonly carries?: 'plain-routes';
}

interface DeviceLimits {
  /** The largest MTU, in bytes. */
  readonly mtu?: number;
  /** The only hypervisor that attaches it. */
  readonly hypervisor?: string;
}

const rust = {
  // Dragonball announces an MTU of 1500 to the guest, whatever the file says.
  devices: { 'host-tap': {}, 'vhost-user': { mtu: 1500, hypervisor: 'dragonball' } },
  isKata: true,
} as const;

/** The profiles by name. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  'runtime-rs': { name: 'runtime-rs', ...rust, queueNum: true },
  'runtime-rs-3': { name: 'runtime-rs-3', ...rust, queueNum: false },
  // The guest's driver chooses the queues of a function, so none are written.
  go: { name: 'go', devices: { vfio: {} }, queueNum: true, isKata: true, carries: 'plain-routes' },
  generic: {
    name: 'generic',
    devices: { 'host-tap': {}, macvtap: {}, 'vhost-user': { mtu: 9600 }, vfio: {} },
    queueNum: true,
    isKata: false,
  },
};
