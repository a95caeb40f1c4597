import type { InterfaceAddress, Network } from './cidr.ts';
import type { RouteRequest } from './route.ts';

/** A route as the guest's kernel gets it. */
export interface GuestRoute extends Pick<RouteRequest, 'dst' | 'gw' | 'source'> {
  readonly onlink: boolean;
  /** rtnetlink's scope; 0 where it is left out. */
  readonly scope?: number | undefined;
  /** Its place in the file, where it was read from one. */
  readonly where?: string;
  /** Senders that the route is for. */
  readonly from?: Network | undefined;
}

/** A neighbor as the guest's kernel gets it. */
export interface GuestNeighbor {
  readonly ip: string;
  /** Empty where it has none. */
  readonly mac: string;
  readonly flags: number;
}

/** An interface of a sandbox, as its guest gets it. */
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

/** Something that a guest does not get as the file of its sandbox has it. */
export interface GuestFault {
  readonly of: GuestFaultKind;
  /** The interface that it shows at. */
  readonly on: GuestInterface;
  /** The interface that is the reason; the same where the reason is its own. */
  readonly other: GuestInterface;
  /** What is wrong: a name, a MAC, an address, a destination, a number. */
  readonly what: string;
  readonly route?: GuestRoute;
  /** The guest goes on without it; otherwise the sandbox fails. */
  readonly isLost?: true;
}

/** What can be wrong with what a guest gets. */
export type GuestFaultKind =
  // An earlier interface's subnet has it as its broadcast address.
  | 'address-broadcast'
  // Two of what a guest has one of.
  | 'address-repeated'
  | 'address-taken'
  | 'default-route-taken'
  | 'mac-taken'
  | 'name-taken'
  | 'neighbor-repeated'
  | 'route-taken'
  // The route takes the place of the one that the kernel makes for a subnet.
  | 'subnet-taken'
  // Where a gateway is: an address of the guest, a subnet's broadcast address, behind another interface or gateway, nowhere.
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
