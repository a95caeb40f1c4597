import type { InterfaceAddress } from '../model/cidr.ts';
import type { Mac } from '../model/mac.ts';
import type { Neighbor, Route } from '../model/route.ts';
import { danError } from '../model/error.ts';

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
}

/**
 * The agent in the guest of a sandbox that runs. Every call ends by the deadline that the connection was opened with, and
 * throws one of the `agent-…` errors. One call at a time.
 */
export interface Agent {
  /**
   * Gives a card its name, MAC, MTU and addresses, and sets it up. For a card that was just plugged in, once: a second time
   * takes the link down, and the guest loses its IPv6 addresses and routes. A name that another interface has goes to
   * this one, and the other gets the name of this one.
   */
  updateInterface(nic: GuestNic): Promise<void>;
  /** Adds routes on an interface, or replaces those to the same destinations. Others stay. */
  updateRoutes(device: string, routes: readonly Route[]): Promise<void>;
  /** Adds permanent neighbors on an interface, or replaces those of the same addresses. */
  addNeighbors(device: string, neighbors: readonly Neighbor[]): Promise<void>;
  /** All interfaces. A policy may refuse it and still let the others pass: `agent-refused`. */
  listInterfaces(): Promise<readonly ListedInterface[]>;
  /** The routes of the main table. A policy may refuse it, as {@link Agent.listInterfaces}. */
  listRoutes(): Promise<readonly ListedRoute[]>;
  /** Closes the connection. A call that is under way fails. */
  close(): void;
}

/**
 * Connects to a guest's agent.
 *
 * @param url where it listens, as the shim's `/agent-url` says: `vsock://CID:PORT`, or `hvsock://PATH:PORT` for a socket of a
 *   virtual machine monitor that leads to its guest.
 * @param deadline when the connection, and each call that is made over it, ends at the latest: milliseconds of
 *   `system.now()`.
 */
export function openAgent(url: string, deadline: number): Promise<Agent> {
  return Promise.reject(danError('agent-unreachable', `the agent ${url} cannot be spoken to by ${deadline}`));
}
