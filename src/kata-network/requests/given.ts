/** An interface as it was given to `dan kata-network`, and as it is shown again. */
export interface GivenInterface {
  /** Name on the host. */
  readonly device: string;
  /** Name in the guest. */
  readonly name: string;
  /** None or one. `Family` is that of socket(2): 2 for IPv4, 10 for IPv6; `Mask` is the length of the prefix. */
  readonly IPAddresses: readonly { readonly Family: 2 | 10; readonly Address: string; readonly Mask: string }[];
  /** Bytes. */
  readonly mtu: number;
  readonly hwAddr: string;
  readonly vhostUserSocket?: string;
  readonly queues?: number;
}

/** A route as it was given, and as it is shown again; without a gateway, that is empty. */
export interface GivenRoute {
  readonly dest: string;
  readonly gateway: string;
  /** Name of the interface in the guest. */
  readonly device: string;
}

/** What a record keeps of an interface that `dan kata-network` added, besides what every record has. */
export interface GivenRecord {
  readonly interface: GivenInterface;
  /** How routes were written. Which there are, the DAN file says. */
  readonly routes: readonly GivenRoute[];
}
