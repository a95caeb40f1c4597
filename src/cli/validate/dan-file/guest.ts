import { canonicalAddress, cidrText } from '../../../model/cidr.ts';
import { guestKernelRefusals, guestRoutingRefusals } from '../../../reader/guest-kernel.ts';
import type { GuestRoute, TakenDevice } from '../../../reader/verdict.ts';
import { type Remark, remarksAt } from '../remark.ts';

/** What agent and kernel of the guest refuse of a device. */
export function guestRemarks(device: TakenDevice): readonly Remark[] {
  return [
    ...device.failures.map(({ where, why }) => remarksAt(where)('error', `the guest agent fails: ${why}`)),
    ...[...guestKernelRefusals(device), ...guestRoutingRefusals(device)].map((refusal) =>
      remarksAt(device.where)('error', `the guest's kernel refuses the ${refusal}`),
    ),
  ];
}

/** A route as the guest's kernel gets it. */
export function routeText({ dst, gw, scope, mtu, source, from, flags }: GuestRoute): string {
  return [
    cidrText(dst),
    ...(gw === undefined ? [] : [`via ${gw.text}`]),
    ...((flags & 4) === 0 ? [] : ['onlink']),
    ...(scope === 0 ? [] : [scope === 253 ? 'scope link' : `scope ${scope}`]),
    ...(mtu === 0 ? [] : [`mtu ${mtu}`]),
    ...(source === undefined ? [] : [`src ${source.text}`]),
    ...(from === undefined ? [] : [`from ${cidrText(from)}`]),
  ].join(' ');
}

/** What the devices of one sandbox have in common, and must not. */
export function sandboxRemarks(devices: readonly TakenDevice[]): readonly Remark[] {
  const remark = remarksAt('devices');
  if (devices.length === 0) return [remark('warning', 'there is none: the sandbox starts without any network')];
  const macs = devices.flatMap(({ guest_mac: mac }) => (mac === null ? [] : [mac.toLowerCase()]));
  const addresses = devices.flatMap((device) => device.addresses.map(canonicalAddress));
  const destinations = devices.flatMap(({ guest }) => guest.routes.map(({ dst }) => cidrText(dst)));
  const neighbors = devices.flatMap(({ guest_name: name, guest }) => guest.neighbors.map(({ ip }) => `${name} ${ip}`));
  return [
    ...repeated(devices.map(({ guest_name: name }) => name)).map((name) =>
      remark('error', `two devices have the name ${name}, but a guest has one interface of a name`),
    ),
    ...repeated(macs).map((mac) =>
      remark('error', `two devices have the MAC ${mac}, by which the guest agent finds an interface`),
    ),
    ...repeated(addresses).map((address) =>
      remark('error', `the address ${address} is there twice; the guest agent fails over the second on one interface`),
    ),
    ...repeated(destinations).map((destination) =>
      remark('warning', `there are two routes to ${destination}; the guest agent silently keeps the last`),
    ),
    ...repeated(neighbors).map((neighbor) =>
      remark('warning', `the neighbor ${neighbor} is there twice; the guest keeps the last`),
    ),
  ];
}

function repeated(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter((text, at) => texts.indexOf(text) !== at))];
}
