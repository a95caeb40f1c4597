import type { ListedInterface, ListedRoute } from '../agent/agent.ts';
import type { DanEntry } from '../dan/encode.ts';
import { canonicalAddress } from '../model/cidr.ts';

/**
 * How a guest's interface differs from its entry, as sentences. `interfaces` and `routes` are what the agent lists;
 * undefined if its policy refuses that.
 */
export function guestFaults(
  { name, guest_mac, network_info }: DanEntry,
  interfaces: readonly ListedInterface[] | undefined,
  routes: readonly ListedRoute[] | undefined,
): readonly string[] {
  const nic = interfaces?.find(({ mac }) => mac === guest_mac.toLowerCase());
  if (interfaces !== undefined && nic === undefined) return [`the guest has no interface with the MAC ${guest_mac}`];
  return [
    ...(nic === undefined ? [] : interfaceFaults(name, network_info.interface, nic)),
    ...(routes === undefined ? [] : routeFaults(name, network_info.routes, routes)),
  ];
}

function interfaceFaults(
  name: string,
  { mtu, ip_addresses }: DanEntry['network_info']['interface'],
  nic: ListedInterface,
): readonly string[] {
  const there = new Set(nic.addresses.map(canonicalAddress));
  return [
    ...(nic.name === name ? [] : [`the interface "${name}" is called "${nic.name}" in the guest`]),
    ...(nic.mtu === mtu ? [] : [`"${name}" in the guest has the MTU ${nic.mtu}, and got ${mtu}`]),
    ...ip_addresses
      .map(canonicalAddress)
      .filter((address) => !there.has(address))
      .map((address) => `"${name}" in the guest no longer has the address ${address}`),
  ];
}

// For a route with an IPv4 gateway, the agent does not report the destination, so only the gateway is compared.
function routeFaults(
  name: string,
  routes: DanEntry['network_info']['routes'],
  listed: readonly ListedRoute[],
): readonly string[] {
  const own = listed.filter(({ device }) => device === name);
  const gateways = new Set(own.map(({ gateway }) => gateway));
  const destinations = new Set(own.map(({ destination }) => canonicalAddress(destination)));
  return routes
    .filter(({ dest, gateway }) =>
      gateway === undefined ? !destinations.has(canonicalAddress(dest)) : !gateways.has(gateway),
    )
    .map(({ dest, gateway }) => {
      const by = gateway === undefined ? '' : ` by ${gateway}`;
      return `the guest no longer has the route to ${dest}${by} on "${name}"`;
    });
}
