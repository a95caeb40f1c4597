import type { Where } from '../../model/operation.ts';
import { cidrText } from '../../model/cidr.ts';
import type { Route } from '../../model/route.ts';
import type { Result, ResultDns, ResultInterface } from '../../protocol/result.ts';
import type { GuestAddress } from './addressing.ts';

/** What an ADD came to. */
export interface Outcome {
  /** The link that the virtual machine opens; undefined for a device that is a socket. */
  readonly tap: { readonly name: string; readonly mac: string; readonly in: Where } | undefined;
  readonly socketPath: string | undefined;
  /** Bytes. */
  readonly mtu: number;
  readonly ifname: string;
  readonly guestMac: string;
  readonly netns: string;
  readonly addresses: readonly GuestAddress[];
  readonly routes: readonly Route[];
  readonly dns: ResultDns;
}

/**
 * The CNI result: what the plugins before made, then the tap, if there is one, then the guest's interface, which has the addresses. It
 * names the pod's namespace although the interface is in the guest: runtimes look for the pod's address there
 * (containerd's go-cni).
 */
export function resultOf(outcome: Outcome, previous: Result | undefined): Result {
  const { ifname, guestMac, mtu, netns, socketPath, addresses, routes, dns } = outcome;
  const before = [...(previous?.interfaces ?? []), ...tapOf(outcome)];
  const socket = socketPath === undefined ? {} : { socketPath };
  return {
    interfaces: [...before, { name: ifname, mac: guestMac, mtu, sandbox: netns, ...socket }],
    ips: [
      ...(previous?.ips ?? []),
      ...addresses.map(({ address, gateway }) => ({
        address: cidrText(address),
        ...(gateway === undefined ? {} : { gateway: gateway.text }),
        interface: before.length,
      })),
    ],
    routes: [...(previous?.routes ?? []), ...routes.map(resultRoute)],
    dns,
  };
}

/** The CNI result for an interface that a plugin before made, and whose result goes on: the tap is added to it. */
export function withTap(previous: Result, outcome: Outcome): Result {
  return { ...previous, interfaces: [...previous.interfaces, ...tapOf(outcome)], dns: outcome.dns };
}

function tapOf({ tap, mtu, netns }: Outcome): ResultInterface[] {
  if (tap === undefined) return [];
  return [{ name: tap.name, mac: tap.mac, mtu, ...(tap.in === 'pod' ? { sandbox: netns } : {}) }];
}

function resultRoute({ dst, gw, mtu, scope }: Route): Result['routes'][number] {
  return {
    dst: cidrText(dst),
    ...(gw === undefined ? {} : { gw: gw.text }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(scope === undefined ? {} : { scope }),
  };
}
