import { parseDestination, parseInterfaceAddress } from '../model/cidr.ts';
import { bitsOf, parseIp } from '../model/ip.ts';
import { ethernetMtu } from '../model/mtu.ts';
import { elementsIn, isObject, type JsonObject, numberIn, stringIn } from '../json/object.ts';
import { onlinkFlag } from '../model/route.ts';
import type { GuestFault, GuestInterface } from '../model/guest.ts';
import { guestFaults } from './guest-faults.ts';
import type { ExistingDocument } from './merge.ts';
import type { Attachment } from './attachment.ts';
import type { Identity } from '../model/identity.ts';
import type { Profile } from './profile.ts';

/**
 * What the guest gets from the devices of a file. Devices of other writers may have any form that Kata's readers
 * accept; values that cannot be interpreted are left out.
 */
export function guestOf({ devices }: ExistingDocument): readonly GuestInterface[] {
  return devices.map((device) => {
    const { network_info } = device;
    const info = isObject(network_info) ? network_info : {};
    const link = isObject(info['interface']) ? info['interface'] : {};
    return {
      called: `the interface "${String(device['name'])}" of ${ownerOf(device)}`,
      name: String(device['name']),
      mac: stringIn(device['guest_mac']),
      mtu: 'mtu' in link ? numberIn(link['mtu']) : ethernetMtu,
      addresses: elementsIn(link['ip_addresses']).flatMap(addressOf),
      routes: elementsIn(info['routes']).filter(isObject).flatMap(routeOf),
      neighbors: [],
    };
  });
}

/** The known part of what an attachment gives the guest. */
interface Newcomer extends Partial<Pick<Attachment, 'addresses' | 'neighbors' | 'routes'>> {
  readonly identity: Pick<Identity, 'ifname'>;
  readonly profile: Profile;
  readonly guestMac: string;
  /** Bytes. */
  readonly mtu: number;
}

/** An attachment as its guest gets it. How a reader other than Kata's uses sources and flags is not known. */
export function guestInterface(newcomer: Newcomer): GuestInterface {
  const { identity, profile, guestMac: mac, mtu, addresses = [], routes = [], neighbors = [] } = newcomer;
  return {
    ...{ called: 'this network', name: identity.ifname, mac, mtu, addresses },
    routes: profile.isKata ? routes : routes.map((route) => ({ ...route, source: undefined })),
    neighbors: neighbors.map(({ ip, mac, flags = 0 }) => ({ ip: ip.text, mac, flags: profile.isKata ? flags : 0 })),
  };
}

/** The faults of a guest that come from adding an interface to those of a file, whichever interface they show at. */
export function newFaults(document: ExistingDocument | undefined, newcomer: GuestInterface): readonly GuestFault[] {
  const others = document === undefined ? [] : guestOf(document);
  return guestFaults([...others, newcomer]).filter(({ on, other }) => on === newcomer || other === newcomer);
}

/** The faults of a guest that the file has now and did not have before. */
export function addedFaults(before: ExistingDocument, after: ExistingDocument): readonly GuestFault[] {
  const keyOf = ({ of, on, other, what, route }: GuestFault): string =>
    JSON.stringify([of, on.name, other.name, what, route?.dst, route?.gw]);
  const known = new Set(guestFaults(guestOf(before)).map(keyOf));
  return guestFaults(guestOf(after)).filter((fault) => !known.has(keyOf(fault)));
}

function ownerOf({ cni }: JsonObject): string {
  return isObject(cni) ? `network "${String(cni['network'])}"` : 'somebody else';
}

function addressOf(text: unknown): GuestInterface['addresses'] {
  const address = parseInterfaceAddress(text);
  if (address.ok) return [address.value];
  const bare = parseIp(text);
  return bare.ok ? [{ ...bare.value, prefix: bitsOf(bare.value.family) }] : [];
}

function routeOf({ dest, gateway, flags, scope }: JsonObject): GuestInterface['routes'] {
  const gw = parseIp(gateway);
  const everything = gw.ok && gw.value.family === 6 ? '::/0' : '0.0.0.0/0';
  const dst = parseDestination(dest === '' ? everything : dest);
  if (!dst.ok) return [];
  const onlink = (numberIn(flags) & onlinkFlag) !== 0;
  return [{ dst: dst.value, gw: gw.ok ? gw.value : undefined, scope: numberIn(scope), onlink }];
}
