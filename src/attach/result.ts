import type { HostTap } from '../device/host-tap.ts';
import type { InterfaceAddress } from '../model/cidr.ts';
import { cidrText } from '../model/cidr.ts';
import type { Route } from '../model/route.ts';
import type { Result, ResultDns } from '../protocol/result.ts';
import type { GuestAddress } from './addressing.ts';

/** What an ADD came to. */
export interface Outcome {
  readonly tap: HostTap;
  readonly ifname: string;
  readonly guestMac: string;
  readonly netns: string;
  readonly addresses: readonly GuestAddress[];
  readonly routes: readonly Route[];
  readonly dns: ResultDns;
  /** What a plugin before this one in the list made, if any. */
  readonly previous: Result | undefined;
}

/**
 * The CNI result: the tap on the host, and the guest's interface, which has the addresses. It names the pod's namespace
 * although the interface is in the guest: runtimes look for the pod's address there (containerd's go-cni).
 */
export function resultOf({ tap, ifname, guestMac, netns, addresses, routes, dns, previous }: Outcome): Result {
  const before = previous?.interfaces ?? [];
  return {
    interfaces: [
      ...before,
      { name: tap.name, mac: tap.mac, mtu: tap.mtu },
      { name: ifname, mac: guestMac, mtu: tap.mtu, sandbox: netns },
    ],
    ips: [
      ...(previous?.ips ?? []),
      ...addresses.map(({ address, gateway }) => ({
        address: cidrText(address),
        ...(gateway === undefined ? {} : { gateway: gateway.text }),
        interface: before.length + 1,
      })),
    ],
    routes: [...(previous?.routes ?? []), ...routes.map(resultRoute)],
    dns,
  };
}

function resultRoute({ dst, gw, mtu, scope }: Route): Result['routes'][number] {
  return {
    dst: cidrText(dst satisfies InterfaceAddress),
    ...(gw === undefined ? {} : { gw: gw.text }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(scope === undefined ? {} : { scope }),
  };
}
