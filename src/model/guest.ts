import type { InterfaceAddress, Network } from './cidr.ts';
import type { RouteRequest } from './route.ts';

/** A route as the guest's kernel gets it. */
export interface GuestRoute extends Pick<RouteRequest, 'dst' | 'gw' | 'source'> {
  readonly onlink: boolean;
  /** rtnetlink's scope; 0 if left out. */
  readonly scope?: number | undefined;
  /** Its place in the file, if it was read from one. */
  readonly where?: string;
  /** The senders that the route applies to. */
  readonly from?: Network | undefined;
}

/** A neighbor as the guest's kernel gets it. */
export interface GuestNeighbor {
  readonly ip: string;
  /** Empty if it has none. */
  readonly mac: string;
  readonly flags: number;
}

/** An interface of a sandbox as its guest gets it. */
export interface GuestInterface {
  /** What a message calls it, like `the interface "eth0" of network "kata-net"`. */
  readonly called: string;
  readonly name: string;
  readonly mac?: string | undefined;
  /** Bytes. */
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly GuestRoute[];
  readonly neighbors: readonly GuestNeighbor[];
}

/** Something that the guest cannot get in the form that the DAN file gives. */
export interface GuestFault {
  readonly of: GuestFaultKind;
  /** The interface that has the fault. */
  readonly on: GuestInterface;
  /** The interface that causes the fault; the same as `on` if the interface itself is the cause. */
  readonly other: GuestInterface;
  /** The wrong value: a name, a MAC, an address, a destination, a number. */
  readonly what: string;
  readonly route?: GuestRoute;
  /** If set, the guest ignores it and goes on. Otherwise the sandbox fails. */
  readonly isLost?: true;
}

/** The kinds of fault in what a guest gets. */
export type GuestFaultKind =
  // It is the broadcast address of an earlier interface's subnet.
  | 'address-broadcast'
  // A second one of something that a guest can have only once.
  | 'address-repeated'
  | 'address-taken'
  | 'default-route-taken'
  | 'mac-taken'
  | 'name-taken'
  | 'neighbor-repeated'
  | 'route-taken'
  // The route replaces the one that the kernel makes for a subnet.
  | 'subnet-taken'
  // The gateway is an address of the guest, a subnet's broadcast address, behind another interface or gateway, nowhere.
  | 'gateway-own'
  | 'gateway-broadcast'
  | 'gateway-elsewhere'
  | 'gateway-behind'
  | 'gateway-unreachable'
  | 'gateway-with-scope'
  | 'host-bits'
  | 'source-foreign'
  | 'source-tentative'
  | 'mtu-small'
  | 'mtu-small-for-ipv6'
  | 'neighbor-flags'
  | 'neighbor-incomplete';
