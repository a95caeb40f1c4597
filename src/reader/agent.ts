import { byteLength, formatCidr, parseIpNetwork } from './cidr.ts';
import { type Cidr, formatIp, parseIp } from './ip.ts';
import { rustHexByte } from './mac.ts';

/** What the guest agent makes of one thing that it is asked to set up. */
export type AgentAnswer<T> = { readonly ok: T } | { readonly error: string };

/** A route as runtime-rs sends it to the agent. */
export interface AgentRoute {
  readonly dest: string;
  readonly gateway: string;
  readonly source: string;
  readonly device: string;
  readonly family: 4 | 6;
  readonly scope: number;
  readonly flags: number;
  readonly mtu: number;
}

/** A neighbor as runtime-rs sends it to the agent. */
export interface AgentNeighbor {
  /** Absent where the file has none that carries a prefix. */
  readonly ip: string | null;
  readonly lladdr: string;
  readonly device: string;
  readonly state: number;
  readonly flags: number;
}

/** A route as the agent hands it to the guest's kernel. */
export interface GuestRoute {
  readonly dst: string;
  readonly family: 4 | 6;
  readonly flags: number;
  readonly gw: string | null;
  readonly mtu: number;
  readonly scope: number;
  /** `RTA_PREFSRC ip`, or `RTA_SRC ip/prefix`: a match on the sender's address, not a choice of our own. */
  readonly src: string | null;
}

/** A neighbor as the agent hands it to the guest's kernel. */
export interface GuestNeighbor {
  readonly flags: number;
  readonly ip: string;
  readonly lladdr: string;
  readonly state: number;
}

/** `update_interface` (Kata's src/agent/src/netlink.rs) on one address that runtime-rs let through. */
export function agentAddress(address: Cidr): AgentAnswer<string> {
  return { ok: formatCidr(address) };
}

/**
 * `update_routes` (same file) on one route: the family decides how every address is parsed, an empty destination is
 * the default one, and a source is the preferred one only when its prefix is 0. The first error fails the sandbox.
 */
export function agentRoute(route: AgentRoute): AgentAnswer<GuestRoute> {
  const { family, flags, mtu } = route;
  const dest = parseIpNetwork(route.dest === '' ? `${family === 4 ? '0.0.0.0' : '::'}/0` : route.dest, family);
  if ('error' in dest) return { error: `dest: ${dest.error}` };

  const source = route.source === '' ? undefined : parseIpNetwork(route.source, family);
  if (source !== undefined && 'error' in source) return { error: `source: ${source.error}` };

  const gateway = route.gateway === '' ? undefined : parseIp(route.gateway);
  if (route.gateway !== '' && gateway?.length !== byteLength(family)) {
    return { error: `gateway: invalid IPv${family} address syntax` };
  }
  return {
    ok: {
      dst: formatCidr(dest),
      family,
      flags,
      gw: gateway === undefined ? null : formatIp(gateway),
      mtu,
      scope: route.scope & 0xff,
      src: source === undefined ? null : describeSource(source),
    },
  };
}

function describeSource(source: Cidr): string {
  return source.prefix === 0 ? `RTA_PREFSRC ${formatIp(source.ip)}` : `RTA_SRC ${formatCidr(source)}`;
}

/**
 * `add_arp_neighbor` (same file) on one neighbor: an address is needed, a hardware address is not, but one that is
 * given must be six bytes.
 */
export function agentNeighbor(neighbor: AgentNeighbor): AgentAnswer<GuestNeighbor> {
  const { ip, lladdr } = neighbor;
  if (ip === null) return { error: 'Unable to determine ip address of ARP neighbor' };
  if (lladdr !== '') {
    const bytes = lladdr.split(':').map(rustHexByte);
    if (bytes.length < 6) return { error: `parsing lladdr: Invalid MAC address ${lladdr}` };
    if (bytes.length > 6 || bytes.includes(undefined))
      return { error: 'parsing lladdr: invalid digit found in string' };
  }
  return { ok: { flags: neighbor.flags & 0xff, ip, lladdr, state: neighbor.state } };
}
