import type { InterfaceAddress } from '../model/cidr.ts';
import type { Mac } from '../model/mac.ts';

/** A network card that was plugged into a guest, with the settings that its agent applies. */
export interface GuestNic {
  /** The name for the interface. */
  readonly name: string;
  readonly mac: Mac;
  /** Bytes. */
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
  /**
   * Where the card is: PCI slots from the root on, such as `02/1e`. The agent waits up to three seconds for the card
   * there. Without a path, the agent would give the MAC to any interface that already has the name.
   */
  readonly devicePath: string;
  /** The interface does no neighbor lookups (IFF_NOARP). */
  readonly noArp?: boolean | undefined;
}

/** An interface in the guest. The agent's texts may be anything. */
export interface ListedInterface {
  readonly name: string;
  /** Lower case. */
  readonly mac: string;
  /** Bytes. */
  readonly mtu: number;
  /** `address/prefix`, including the kernel's own link-local ones. */
  readonly addresses: readonly string[];
}

/** A route as the guest's agent lists it. The agent's texts may be anything. */
export interface ListedRoute {
  /** The agent reports `0.0.0.0` for every route with an IPv4 gateway, whatever its destination. */
  readonly destination: string;
  /** Empty if there is none. */
  readonly gateway: string;
  readonly device: string;
  readonly source: string;
  readonly scope: number;
  /** Bytes; 0 if it has none of its own. */
  readonly mtu: number;
}
