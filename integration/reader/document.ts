import { randomBytes } from 'node:crypto';
import { readRuntimeRs } from '../../src/reader/runtime-rs.ts';
import type { TakenDevice, TakenNeighbor, TakenRoute } from '../../src/reader/verdict.ts';
import { reasonsText } from '../../test/reader/reasons.ts';

/** A tap that is plugged in. */
export interface Tap {
  readonly type: 'host-tap';
  readonly name: string;
}

/** A socket that connects a VMM with a switch. */
export interface VhostUserSocket {
  readonly type: 'vhost-user';
  readonly path: string;
  readonly queueSize: number;
}

/** One device of a DAN file, with everything that Kata does with it. `Backend` is its part on the host. */
export interface DanDevice<Backend = Tap | VhostUserSocket> {
  readonly backend: Backend;
  readonly queuePairs: number;
  /** Name of the interface in the guest. */
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly noArp: boolean;
  readonly addresses: readonly string[];
  readonly neighbors: readonly TakenNeighbor[];
  readonly routes: readonly TakenRoute[];
}

/** A DAN file. */
export interface DanDocument {
  /** Path of the network namespace of the taps; null for the reader's own. */
  readonly netns: string | null;
  readonly devices: readonly DanDevice[];
}

/**
 * A DAN file, as Kata's runtime-rs and its guest agent understand it. Throws if either of them fails the sandbox,
 * except for a `netns`: runtime-rs looks taps up before it enters the namespace and finds none, but a reader of the
 * format as it was first published finds them.
 */
export function readDocument(text: string, path: string): DanDocument {
  const read = readRuntimeRs(text);
  if (!read.accepted) throw new Error(`Kata's runtime-rs refuses ${path}: ${reasonsText(read.refusals)}`);
  const devices = read.devices.map((one) => {
    const where = `device ${one.guest_name} in ${path}`;
    const { device } = one;
    const mac = one.guest_mac ?? privateMac();
    if (!one.vmm_mac_ok) throw new Error(`${where} has the MAC "${mac}", which Kata cannot give to a virtual device`);
    if (one.failures.length > 0)
      throw new Error(`Kata's guest agent fails over ${where}: ${reasonsText(one.failures)}`);
    return {
      backend: backend(device, one.queue_size),
      queuePairs: one.queue_pairs,
      name: one.guest_name,
      mac,
      mtu: one.mtu,
      noArp: one.flags !== 0,
      addresses: one.addresses,
      neighbors: one.guest.neighbors,
      routes: one.guest.routes,
    };
  });
  return { netns: read.netns, devices };
}

function backend(device: TakenDevice['device'], queueSize: number): Tap | VhostUserSocket {
  switch (device.type) {
    case 'host-tap':
      return { type: device.type, name: device.tap_name };
    case 'vhost-user':
      return { type: device.type, path: device.path, queueSize };
    case 'vfio':
      throw new Error('runtime-rs takes no vfio device from a DAN file');
  }
}

// A MAC as runtime-rs generates it: random, locally administered, unicast (`generate_private_mac_addr`, Kata's
// src/runtime-rs/crates/resource/src/network/utils/mod.rs).
function privateMac(): string {
  const [first = 0, ...others] = randomBytes(6);
  return [(first | 2) & 0xfe, ...others].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
