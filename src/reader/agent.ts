import { cidrText } from '../model/cidr.ts';
import type { Family } from '../model/ip.ts';
import type { FileRoute } from './format.ts';
import { parseIp, parseIpNetwork } from './ip.ts';
import { isTapMac } from './mac.ts';

/** What the guest agent makes of one thing that it is asked to set up. Any error fails the sandbox. */
export type AgentAnswer<T> = { readonly ok: T } | { readonly error: string; readonly where: string };

/** A route as a runtime sends it to the agent; `where` is its place in the file. */
export type AgentRoute = FileRoute & { readonly where: string; readonly family: Family };

/** A neighbor as a runtime sends it to the agent. */
export interface AgentNeighbor {
  /** Its place in the file. */
  readonly where: string;
  /** null where the reader could make no address of what the file has. */
  readonly ip: string | null;
  readonly lladdr: string;
  readonly state: number;
  readonly flags: number;
}

/** A route as the agent hands it to the guest's kernel. */
export interface GuestRoute extends Pick<AgentRoute, 'family' | 'flags' | 'mtu' | 'scope'> {
  readonly dst: string;
  readonly gw: string | null;
  readonly src: GuestSource | null;
}

/** An address to send from, or `ip/prefix`: a match on the sender's address, not a choice of our own. */
interface GuestSource {
  readonly attribute: 'RTA_PREFSRC' | 'RTA_SRC';
  readonly value: string;
}

/** A neighbor as the agent hands it to the guest's kernel. */
export interface GuestNeighbor extends Omit<AgentNeighbor, 'ip' | 'where'> {
  readonly ip: string;
}

/**
 * `update_routes` (Kata's src/agent/src/netlink.rs) on one route: the family decides how every address is parsed, an
 * empty destination is the default one, and a source is the preferred one only when its prefix is 0.
 */
export function agentRoute(route: AgentRoute): AgentAnswer<GuestRoute> {
  const { family, flags, mtu, where } = route;
  const refuse = (key: string, text: string, what: string): AgentAnswer<GuestRoute> => ({
    error: `the ${key} ${JSON.stringify(text)} is not an IPv${family} ${what}`,
    where,
  });
  const dest = parseIpNetwork(route.dest === '' ? `${family === 4 ? '0.0.0.0' : '::'}/0` : route.dest, family);
  if (dest === undefined) return refuse('destination', route.dest, 'network');
  const source = route.source === '' ? null : parseIpNetwork(route.source, family);
  if (source === undefined) return refuse('source', route.source, 'address or network');
  const gateway = route.gateway === '' ? null : parseIp(route.gateway);
  if (gateway !== null && gateway?.family !== family) return refuse('gateway', route.gateway, 'address');
  const preferred = source?.prefix === 0;
  return {
    ok: {
      dst: cidrText(dest),
      family,
      flags,
      gw: gateway === null ? null : gateway.text,
      mtu,
      scope: route.scope & 0xff,
      src: source && {
        attribute: preferred ? 'RTA_PREFSRC' : 'RTA_SRC',
        value: preferred ? source.text : cidrText(source),
      },
    },
  };
}

/**
 * `add_arp_neighbor` (same file) on one neighbor: an address is needed, a hardware address is not, but one that is
 * given must be six bytes. `wanted` says how the reader needs the address to be written.
 */
export function agentNeighbor(neighbor: AgentNeighbor, wanted: string): AgentAnswer<GuestNeighbor> {
  const { ip, lladdr, state, where } = neighbor;
  if (ip === null) return { error: `the neighbor comes without an address: its ip_address must be ${wanted}`, where };
  if (lladdr !== '' && !isTapMac(lladdr)) {
    return { error: `the hardware_addr ${JSON.stringify(lladdr)} is not a MAC of six octets`, where };
  }
  return { ok: { flags: neighbor.flags & 0xff, ip, lladdr, state } };
}
