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
 * The agent in the guest of a running sandbox. Every call ends by the connection's deadline, and throws one of the
 * `agent-…` errors. One call at a time.
 */
export interface Agent {
  /**
   * Gives a card its name, MAC, MTU and addresses, and sets it up. This is for a card that was just plugged in: a
   * second call takes the link down, and the guest loses its IPv6 addresses and routes. If another interface has the
   * name, the two interfaces swap names.
   */
  updateInterface(nic: GuestNic): Promise<void>;
  /** Adds routes on an interface, or replaces those to the same destinations. Other routes stay. */
  updateRoutes(device: string, routes: readonly Route[]): Promise<void>;
  /** Adds permanent neighbors on an interface, or replaces those with the same addresses. */
  addNeighbors(device: string, neighbors: readonly Neighbor[]): Promise<void>;
  /** Lists all interfaces. A policy may refuse this (`agent-refused`) and still allow the other calls. */
  listInterfaces(): Promise<readonly ListedInterface[]>;
  /** Lists the routes of the main table. A policy may refuse this, as for {@link Agent.listInterfaces}. */
  listRoutes(): Promise<readonly ListedRoute[]>;
  /** Closes the connection. A call in progress fails. */
  close(): void;
}

/**
 * Connects to a guest's agent.
 *
 * @param url where it listens, as the shim's `/agent-url` says: `vsock://CID:PORT`, or `hvsock://PATH:PORT` for a
 *   socket of a VMM that leads to its guest. Root must own that socket, and nobody else may be able to replace it:
 *   `directory-unsafe`.
 * @param deadline when the connection, and each call over it, ends at the latest: milliseconds of `system.now()`.
 * @param interrupted stops waiting for an agent that is not connected yet.
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
    // If one of these fails, it has closed the connection.
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
