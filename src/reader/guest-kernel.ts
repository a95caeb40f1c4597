import { parseIpNetwork } from './cidr.ts';
import { formatIp, masked } from './ip.ts';
import type { GuestRoute } from './agent.ts';
import type { RuntimeRsDevice } from './runtime-rs.ts';

const minimumMtu = 68;
const RT_SCOPE_LINK = 253;

/** A device as a runtime hands it to the guest agent. */
export type SentDevice = Pick<RuntimeRsDevice, 'guest_agent' | 'mtu'>;

/**
 * What the guest's kernel refuses, with EINVAL, of the things its agent could make sense of; any of it fails the
 * sandbox. IPv6 clears host bits and takes any scope, so both rules are of IPv4 alone. Sources in Linux:
 * net/core/dev.c, net/ipv4/fib_trie.c, net/ipv4/fib_semantics.c, net/core/neighbour.c.
 */
export function guestKernelRefusals({ mtu, guest_agent: agent }: SentDevice): readonly string[] {
  return [
    ...(mtu < minimumMtu ? [`mtu ${mtu}: less than device minimum`] : []),
    ...agent.routes.flatMap((answer) => ('ok' in answer ? routeRefusals(answer.ok) : [])),
    ...agent.neighbors.flatMap((answer) =>
      'ok' in answer && answer.ok.lladdr === '' ? [`neighbor ${answer.ok.ip}: no link layer address given`] : [],
    ),
  ];
}

function routeRefusals({ dst, family, gw, scope }: GuestRoute): string[] {
  if (family === 6) return [];
  const network = parseIpNetwork(dst, family);
  const hasHostBits = !('error' in network) && formatIp(masked(network)) !== formatIp(network.ip);
  return [
    ...(hasHostBits ? [`route ${dst}: invalid prefix for given prefix length`] : []),
    ...(gw !== null && scope >= RT_SCOPE_LINK ? [`route ${dst}: nexthop has invalid scope`] : []),
  ];
}
