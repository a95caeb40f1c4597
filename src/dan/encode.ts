import { cidrText } from '../model/cidr.ts';
import { bitsOf } from '../model/ip.ts';
import type { Neighbor } from '../model/neighbor.ts';
import type { Route } from '../model/route.ts';
import type { AttachedDevice, Attachment } from './attachment.ts';
import type { DanDevice, DanEntry, DanNeighbor, DanRoute } from './document.ts';
import type { Profile } from './profile.ts';

/** NUD_PERMANENT of linux/neighbour.h: the only state that the readers hand to the guest. */
export const permanent = 128;

/** IFF_NOARP of linux/if.h: the one flag of an interface that the readers hand to the guest. */
export const noArpFlag = 0x80;

/** RTNH_F_ONLINK of linux/rtnetlink.h. */
const onlinkFlag = 4;

/**
 * Encodes an attachment for a reader. It assumes that the profile carries every value: `profileFaults` says so before
 * anything is made.
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

function encodeDevice(profile: Profile, device: AttachedDevice): DanDevice {
  const queues = {
    ...(profile.queueNum ? { queue_num: device.queuePairs } : {}),
    ...(device.queueSize === undefined ? {} : { queue_size: device.queueSize }),
  };
  switch (device.kind) {
    case 'host-tap':
      return { type: 'host-tap', tap_name: device.tapName, ...queues };
    case 'macvtap': {
      const { tapName, path, mode } = device;
      return { type: 'host-tap', tap_name: tapName, ...queues, macvtap: { path, mode } };
    }
    case 'vhost-user':
      return { type: 'vhost-user', path: device.path, ...queues };
    default:
      return device satisfies never;
  }
}

/** Encodes one route for a reader. */
export function encodeRoute(profile: Profile, { dst, source, gw, scope, onlink, mtu }: Route): DanRoute {
  const flags = onlink ? onlinkFlag : 0;
  return {
    dest: cidrText(dst),
    ...(source === undefined ? {} : { source: profile.sourceAsPrefix ? `${source.text}/0` : source.text }),
    ...(gw === undefined ? {} : { gateway: gw.text }),
    ...(profile.everyField || (scope ?? 0) !== 0 ? { scope: scope ?? 0 } : {}),
    ...(profile.everyField || flags !== 0 ? { flags } : {}),
    ...(mtu === undefined ? {} : { mtu }),
  };
}

function encodeNeighbor(profile: Profile, { ip, prefix, mac, state, flags }: Neighbor): DanNeighbor {
  const ip_address = `${ip.text}/${prefix ?? bitsOf(ip.family)}`;
  const known = state ?? permanent;
  if (profile.everyField) return { ip_address, device: '', state: known, flags: flags ?? 0, hardware_addr: mac };
  return { ip_address, hardware_addr: mac, state: known, ...((flags ?? 0) === 0 ? {} : { flags: flags ?? 0 }) };
}
