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
  /** Kinds of device it attaches. */
  readonly devices: readonly AttachedDevice['kind'][];
  /** `queue_num` is written. Before 4.0 the Rust runtime hands it on as a count of virtqueues, not of pairs. */
  readonly queueNum: boolean;
  /** Only one host's permanent neighbors, `/32` or `/128`; others are dropped or refused by the guest agent. */
  readonly permanentNeighborsOnly: boolean;
  /** A route's source is written as `ip/0`: the guest agent takes a bare one for a source prefix (RTA_SRC). */
  readonly sourceAsPrefix: boolean;
  /** The largest MTU of a vhost-user device, in bytes. Dragonball announces 1500 to the guest, whatever the file says. */
  readonly vhostUserMtu: number;
  /** The one hypervisor that attaches vhost-user devices; undefined: that is the reader's business. */
  readonly vhostUserHypervisor: string | undefined;
  /** Optional fields that were published in the first format are written although they say nothing. */
  readonly everyField: boolean;
}

const rust = {
  devices: ['host-tap', 'vhost-user'],
  permanentNeighborsOnly: true,
  sourceAsPrefix: true,
  vhostUserMtu: 1500,
  vhostUserHypervisor: 'dragonball',
  everyField: false,
} as const;

/** The profiles by name. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  'runtime-rs': { name: 'runtime-rs', ...rust, queueNum: true },
  'runtime-rs-3': { name: 'runtime-rs-3', ...rust, queueNum: false },
  generic: {
    name: 'generic',
    devices: ['host-tap', 'vhost-user', 'macvtap'],
    queueNum: true,
    permanentNeighborsOnly: false,
    sourceAsPrefix: false,
    vhostUserMtu: 9600,
    vhostUserHypervisor: undefined,
    everyField: true,
  },
};
