import type { InterfaceAddress } from '../model/cidr.ts';
import type { Mac } from '../model/mac.ts';

/** A network card that was plugged into a guest, as its agent is to set it up. */
export interface GuestNic {
  /** The name that the interface gets. */
  readonly name: string;
  readonly mac: Mac;
  /** Bytes. */
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
  /**
   * Where the card is, as slots of PCI from the root on, such as `02/1e`: the agent waits up to three seconds for the card
   * there. Without it, the agent would give the MAC to any interface that has the name already.
   */
  readonly devicePath: string;
  /** The interface asks nobody for a MAC (IFF_NOARP). */
  readonly noArp?: boolean | undefined;
}

/** An interface as the guest has it. Texts are those of the agent, which may be anything. */
export interface ListedInterface {
  readonly name: string;
  /** Lower case. */
  readonly mac: string;
  /** Bytes. */
  readonly mtu: number;
  /** `address/prefix`, with the kernel's own link-local ones. */
  readonly addresses: readonly string[];
}

/** A route as the guest's agent lists it. Texts are those of the agent. */
export interface ListedRoute {
  /** Of every route with an IPv4 gateway the agent says `0.0.0.0`, whatever its destination. */
  readonly destination: string;
  /** Empty where there is none. */
  readonly gateway: string;
  readonly device: string;
  readonly source: string;
  readonly scope: number;
  /** Bytes; 0 where it has none of its own. */
  readonly mtu: number;
}
