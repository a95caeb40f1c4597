import { safeSocket } from '../host/safe-socket.ts';
import type { Neighbor, Route } from '../model/route.ts';
import type { Interruption } from '../protocol/interruption.ts';
import { parseAgentUrl } from './address.ts';
import { gone } from './faults.ts';
import { listedInterface, listedRoute, toInterface, toNeighbor, toRoute } from './forms.ts';
import type { GuestNic, ListedInterface, ListedRoute } from './guest-network.ts';
import { interfaces, routes as routesMessage } from './messages.ts';
import { TtrpcClient } from './ttrpc.ts';

export type { GuestNic, ListedInterface, ListedRoute };

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
 *   virtual machine monitor that leads to its guest. That socket must be root's, where nobody else can replace it:
 *   `directory-unsafe`.
 * @param deadline when the connection, and each call that is made over it, ends at the latest: milliseconds of
 *   `system.now()`.
 * @param interrupted gives up an agent that is not connected yet.
 */
export async function openAgent(url: string, deadline: number, interrupted?: Interruption): Promise<Agent> {
  const address = parseAgentUrl(url);
  if (!address.ok) throw gone(url, 'the connection', `the address ${address.why}`);
  const { value } = address;
  const to = value.by === 'vsock' ? value.socket : safeSocket(value.path, (why) => gone(url, 'the connection', why));
  const client = new TtrpcClient(url, to, deadline);
  const stop = interrupted?.onInterrupt(() => {
    client.close();
  });
  try {
    // Whatever fails here has closed the connection.
    await client.opened();
    if (value.by === 'hybrid') await client.connectThrough(value.port);
  } finally {
    stop?.();
  }
  return agentBy(client);
}

function agentBy(client: TtrpcClient): Agent {
  return {
    updateInterface: (nic) => client.call('UpdateInterface', { interface: toInterface(nic) }),
    updateRoutes: async (device, routes) => {
      if (routes.length === 0) return;
      await client.call('UpdateRoutes', { routes: { Routes: routes.map((route) => toRoute(device, route)) } });
    },
    addNeighbors: async (device, neighbors) => {
      if (neighbors.length === 0) return;
      const asked = neighbors.map((neighbor) => toNeighbor(device, neighbor));
      await client.call('AddARPNeighbors', { neighbors: { ARPNeighbors: asked } });
    },
    listInterfaces: async () => {
      const { Interfaces } = await client.get('ListInterfaces', {}, interfaces);
      return Interfaces.map(listedInterface);
    },
    listRoutes: async () => {
      const { Routes } = await client.get('ListRoutes', {}, routesMessage);
      return Routes.map(listedRoute);
    },
    close: () => {
      client.close();
    },
  };
}
