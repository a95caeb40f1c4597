import { cidrText } from '../model/cidr.ts';
import { bitsOf } from '../model/ip.ts';
import { type Neighbor, onlinkFlag, type Route } from '../model/route.ts';
import type { AttachedDevice, Attachment } from './attachment.ts';
import type { Profile } from './profile.ts';

/** NUD_PERMANENT of linux/neighbour.h: the only state that the readers pass to the guest. */
export const permanent = 128;

/** IFF_NOARP of linux/if.h: the only interface flag that the readers pass to the guest. */
export const noArpFlag = 0x80;

/** The entry of an attachment in the file of its sandbox. docs/dan-format.md explains each key. */
export type DanEntry = Readonly<{
  name: string;
  guest_mac: string;
  device: ReturnType<typeof encodeDevice>;
  network_info: {
    readonly interface: Readonly<{ ip_addresses: readonly string[]; mtu: number; ntype: 'tuntap'; flags: number }>;
    readonly routes: readonly DanRoute[];
    readonly neighbors: readonly ReturnType<typeof encodeNeighbor>[];
  };
  /** The owner of this entry. The key is dan's own, and Kata's readers ignore it. */
  cni: { readonly network: string; readonly ifname: string };
}>;

/** A route in an entry. */
type DanRoute = Readonly<
  { dest: string } & Partial<Record<'gateway' | 'source', string> & Record<'scope' | 'flags' | 'mtu', number>>
>;

/**
 * Encodes an attachment for a reader. The profile must carry every value: `profileFaults` checks that before anything
 * is made.
 */
export function encode(profile: Profile, attachment: Attachment): DanEntry {
  const { network, ifname, guestMac, device, mtu, noArp, addresses, routes, neighbors } = attachment;
  return {
    name: ifname,
    guest_mac: guestMac,
    device: encodeDevice(profile, device),
    network_info: {
      interface: {
        ip_addresses: addresses.map(cidrText),
        mtu,
        ntype: 'tuntap',
        flags: noArp === true ? noArpFlag : 0,
      },
      routes: routes.map((route) => encodeRoute(profile, route)),
      neighbors: neighbors.map((neighbor) => encodeNeighbor(profile, neighbor)),
    },
    cni: { network, ifname },
  };
}

function encodeDevice(profile: Profile, device: AttachedDevice) {
  const queues: Partial<Record<'queue_num' | 'queue_size', number>> = {
    ...(profile.queueNum ? { queue_num: device.queuePairs } : {}),
    ...(device.queueSize === undefined ? {} : { queue_size: device.queueSize }),
  };
  switch (device.kind) {
    case 'host-tap':
      return { type: device.kind, tap_name: device.tapName, ...queues };
    case 'macvtap': {
      const { tapName, path, mode } = device;
      // dan's own key, for a reader that opens the node of a macvtap. Kata's readers ignore it.
      return { type: 'host-tap', tap_name: tapName, ...queues, macvtap: { path, mode } };
    }
    case 'vhost-user':
      return { type: 'vhost-user', path: device.path, ...queues };
    case 'vfio':
      return { type: device.kind, pci_device_id: device.address };
  }
}

/** Encodes one route for a reader. */
export function encodeRoute(profile: Profile, { dst, source, gw, scope, onlink, mtu }: Route): DanRoute {
  const flags = onlink ? onlinkFlag : 0;
  return {
    dest: cidrText(dst),
    ...(source === undefined ? {} : { source: profile.isKata ? `${source.text}/0` : source.text }),
    ...(gw === undefined ? {} : { gateway: gw.text }),
    ...(profile.isKata && (scope ?? 0) === 0 ? {} : { scope: scope ?? 0 }),
    ...(profile.isKata && flags === 0 ? {} : { flags }),
    ...(mtu === undefined ? {} : { mtu }),
  };
}

function encodeNeighbor({ isKata, carries }: Profile, { ip, prefix, mac, state = permanent, flags = 0 }: Neighbor) {
  const ip_address = carries === undefined ? `${ip.text}/${prefix ?? bitsOf(ip.family)}` : ip.text;
  if (!isKata) return { ip_address, device: '', state, flags, hardware_addr: mac };
  return { ip_address, hardware_addr: mac, state, ...(flags === 0 ? {} : { flags }) };
}
