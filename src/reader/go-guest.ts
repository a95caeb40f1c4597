import { type AgentAnswer, agentNeighbor, agentRoute, type GuestNeighbor } from './agent.ts';
import type { GoDevice, GoGuestNeighbor } from './go.ts';
import type { SentDevice } from './guest-kernel.ts';

/** What the guest agent makes of a device that the Go runtime sends to it: the same agent as that of runtime-rs. */
export function agentOfGo({ name, mtu, ...device }: GoDevice): SentDevice {
  return {
    mtu,
    guest_agent: {
      addresses: device.update_interface_addrs.map(({ address, mask }) => ({ ok: `${address}/${mask}` })),
      neighbors: device.add_arp_neighbors.map((neighbor) => answerTo(neighbor, name)),
      routes: device.update_routes.map(({ dest = '', gateway = '', source = '', family, scope, flags, mtu: most }) =>
        agentRoute({ dest, gateway, source, device: name, family: family === 2 ? 4 : 6, scope, flags, mtu: most }),
      ),
    },
  };
}

// The runtime prints an address that it could not parse, and the agent cannot parse that.
function answerTo({ ip, ...neighbor }: GoGuestNeighbor, device: string): AgentAnswer<GuestNeighbor> {
  return ip === '<nil>' ? { error: 'invalid IP address syntax' } : agentNeighbor({ ...neighbor, ip, device });
}
