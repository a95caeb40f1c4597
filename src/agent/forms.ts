import { canonicalAddress, cidrText } from '../model/cidr.ts';
import type { Family } from '../model/ip.ts';
import { type Neighbor, onlinkFlag, type Route } from '../model/route.ts';
import type { GuestNic, ListedInterface, ListedRoute } from './guest-network.ts';
import type { InterfaceDraft, InterfaceMessage, NeighborDraft, RouteDraft, RouteMessage } from './messages.ts';

// Converts between dan's own values and the agent's messages. Pure.

/** IFF_NOARP of linux/if.h: the only flag that the agent sets on the interface. */
const noArpFlag = 0x80;

/** NUD_PERMANENT of linux/neighbour.h. */
const permanent = 128;

/** IPFamily of types.proto. */
const familyNumber = (family: Family): number => (family === 4 ? 0 : 1);

/** A card in the form of UpdateInterface. */
export function toInterface({ name, mac, mtu, addresses, devicePath, noArp }: GuestNic): InterfaceDraft {
  return {
    device: name,
    name,
    IPAddresses: addresses.map(({ family, text, prefix }) => ({
      family: familyNumber(family),
      address: text,
      mask: String(prefix),
    })),
    mtu,
    hwAddr: mac,
    devicePath,
    raw_flags: noArp === true ? noArpFlag : 0,
  };
}

/** A route in the form of UpdateRoutes. The guest prefers a source if its prefix length is 0 (`Nla::PrefSource`). */
export function toRoute(device: string, { dst, gw, source, scope, onlink, mtu }: Route): RouteDraft {
  return {
    dest: cidrText(dst),
    gateway: gw?.text ?? '',
    device,
    source: source === undefined ? '' : `${source.text}/0`,
    scope: scope ?? 0,
    family: familyNumber(dst.family),
    flags: onlink ? onlinkFlag : 0,
    mtu: mtu ?? 0,
  };
}

/** A neighbor in the form of AddARPNeighbors. A policy of genpolicy requires an empty mask, which the agent ignores. */
export function toNeighbor(device: string, { ip, mac, state = permanent, flags = 0 }: Neighbor): NeighborDraft {
  return {
    toIPAddress: { family: familyNumber(ip.family), address: ip.text, mask: '' },
    device,
    lladdr: mac,
    state,
    flags,
  };
}

/** An interface of ListInterfaces. The agent swaps the families, so the address itself determines the family. */
export function listedInterface({ name, hwAddr, mtu, IPAddresses }: InterfaceMessage): ListedInterface {
  const addresses = IPAddresses.map(({ address, mask }) => `${canonicalAddress(address)}/${mask}`);
  return { name, mac: hwAddr.toLowerCase(), mtu, addresses };
}

/** A route of ListRoutes. */
export function listedRoute({ dest, gateway, device, source, scope, mtu }: RouteMessage): ListedRoute {
  return { destination: dest, gateway, device, source, scope, mtu };
}
