import { isTapMac, parseGateway, parseIpNetwork } from './addresses.ts';
import { onlinkFlag } from '../model/route.ts';
import type { AgentNeighbor, AgentRoute, Reason, TakenNeighbor, TakenRoute } from './verdict.ts';

/**
 * `update_routes` (Kata's src/agent/src/netlink.rs) for one route. The family determines how every address is parsed,
 * an empty destination is the default route, and a source is the preferred one only if its prefix is 0. Reasons for
 * which the agent, and so the sandbox, fails are added to `failures`.
 */
export function agentRoute(route: AgentRoute, failures: Reason[]): TakenRoute | undefined {
  const { family, flags, mtu, where, scope } = route;
  const fail = (key: string, text: string, what: string): undefined => {
    failures.push({ where, why: `the ${key} ${JSON.stringify(text)} is not an IPv${family} ${what}` });
  };
  const dst = parseIpNetwork(route.dest === '' ? `${family === 4 ? '0.0.0.0' : '::'}/0` : route.dest, family);
  if (dst === undefined) {
    fail('destination', route.dest, 'network');
    return;
  }
  const source = route.source === '' ? undefined : parseIpNetwork(route.source, family);
  if (source === undefined && route.source !== '') {
    fail('source', route.source, 'address or network');
    return;
  }
  const gw = route.gateway === '' ? undefined : parseGateway(route.gateway);
  if (route.gateway !== '' && gw?.family !== family) {
    fail('gateway', route.gateway, 'address');
    return;
  }
  const isPreferred = source?.prefix === 0;
  return {
    where,
    dst,
    gw,
    flags,
    mtu,
    scope: scope & 0xff,
    onlink: (flags & onlinkFlag) !== 0,
    source: isPreferred ? source : undefined,
    from: isPreferred ? undefined : source,
  };
}

/**
 * `add_arp_neighbor` (same file) for one neighbor. An address is required, a hardware address is optional but must have
 * six bytes. `wanted` says in which form the reader needs the address.
 */
export function agentNeighbor(neighbor: AgentNeighbor, wanted: string, failures: Reason[]): TakenNeighbor | undefined {
  const { ip, lladdr: mac, flags, state, where } = neighbor;
  if (ip !== null && (mac === '' || isTapMac(mac))) return { where, ip, mac, state, flags: flags & 0xff };
  const why =
    ip === null
      ? `the neighbor comes without an address: its ip_address must be ${wanted}`
      : `the hardware_addr ${JSON.stringify(mac)} is not a MAC of six octets`;
  failures.push({ where, why });
  return undefined;
}
