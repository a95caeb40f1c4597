import { byteLength, formatCidr, parseIpNetwork } from './cidr.ts';
import { type Cidr, formatIp, parseIp } from './ip.ts';
import { rustHexByte } from './mac.ts';
import type { Reason } from './verdict.ts';

/** What the guest agent makes of one thing that it is asked to set up. Any error fails the sandbox. */
export type AgentAnswer<T> = { readonly ok: T } | { readonly error: string; readonly where: string };

interface Sent {
  /** The place in the file. */
  readonly where: string;
}

/** A route as a runtime sends it to the agent. */
export interface AgentRoute extends Sent {
  readonly dest: string;
  readonly gateway: string;
  readonly source: string;
  readonly family: 4 | 6;
  readonly scope: number;
  readonly flags: number;
  readonly mtu: number;
}

/** A neighbor as a runtime sends it to the agent. */
export interface AgentNeighbor extends Sent {
  /** null where the reader could make no address of what the file has. */
  readonly ip: string | null;
  readonly lladdr: string;
  readonly state: number;
  readonly flags: number;
}

/** A route as the agent hands it to the guest's kernel. */
export interface GuestRoute extends Omit<AgentRoute, 'dest' | 'gateway' | 'source' | 'where'> {
  readonly dst: string;
  readonly gw: string | null;
  /** `RTA_PREFSRC ip`, or `RTA_SRC ip/prefix`: a match on the sender's address, not a choice of our own. */
  readonly src: string | null;
}

/** A neighbor as the agent hands it to the guest's kernel. */
export interface GuestNeighbor extends Omit<AgentNeighbor, 'ip' | 'where'> {
  readonly ip: string;
}

/** What the agent makes of everything that it is sent for one device. */
export interface AgentAnswers {
  readonly addresses: readonly AgentAnswer<string>[];
  readonly neighbors: readonly AgentAnswer<GuestNeighbor>[];
  readonly routes: readonly AgentAnswer<GuestRoute>[];
}

/**
 * `update_routes` (Kata's src/agent/src/netlink.rs) on one route: the family decides how every address is parsed, an
 * empty destination is the default one, and a source is the preferred one only when its prefix is 0.
 */
export function agentRoute(route: AgentRoute): AgentAnswer<GuestRoute> {
  const { family, flags, mtu, where } = route;
  const refuse = (key: string, text: string, what: string): AgentAnswer<GuestRoute> => ({
    error: `the ${key} ${JSON.stringify(text)} is no IPv${family} ${what}`,
    where,
  });
  const dest = parseIpNetwork(route.dest === '' ? `${family === 4 ? '0.0.0.0' : '::'}/0` : route.dest, family);
  if (dest === undefined) return refuse('destination', route.dest, 'network');
  const source = route.source === '' ? null : parseIpNetwork(route.source, family);
  if (source === undefined) return refuse('source', route.source, 'address or network');
  const gateway = route.gateway === '' ? null : parseIp(route.gateway);
  if (gateway !== null && gateway?.length !== byteLength(family)) return refuse('gateway', route.gateway, 'address');
  return {
    ok: {
      dst: formatCidr(dest),
      family,
      flags,
      gw: gateway === null ? null : formatIp(gateway),
      mtu,
      scope: route.scope & 0xff,
      src: source === null ? null : sourceText(source),
    },
  };
}

function sourceText(source: Cidr): string {
  return source.prefix === 0 ? `RTA_PREFSRC ${formatIp(source.ip)}` : `RTA_SRC ${formatCidr(source)}`;
}

/** The route whose source is none: a bare source reads like a preferred one, and becomes a match on the sender. */
export function alteredSource(route: AgentRoute): readonly Reason[] {
  const answer = agentRoute(route);
  const [, prefix] = 'ok' in answer ? (/^RTA_SRC (.*)$/.exec(answer.ok.src ?? '') ?? []) : [];
  if (prefix === undefined) return [];
  const why =
    `the source becomes the source prefix ${prefix}, a match on the sender and no address to send from; ` +
    `write ${prefix.replace(/\/.*$/, '')}/0 for a preferred source`;
  return [{ where: route.where, why }];
}

/**
 * `add_arp_neighbor` (same file) on one neighbor: an address is needed, a hardware address is not, but one that is
 * given must be six bytes. `wanted` says how the reader needs the address to be written.
 */
export function agentNeighbor(neighbor: AgentNeighbor, wanted = 'an IP address'): AgentAnswer<GuestNeighbor> {
  const { ip, lladdr, state, where } = neighbor;
  if (ip === null) return { error: `the neighbor comes without an address: its ip_address must be ${wanted}`, where };
  const bytes = lladdr === '' ? [] : lladdr.split(':').map(rustHexByte);
  if (lladdr !== '' && (bytes.length !== 6 || bytes.includes(undefined))) {
    return { error: `the hardware_addr ${JSON.stringify(lladdr)} is no MAC of six octets`, where };
  }
  return { ok: { flags: neighbor.flags & 0xff, ip, lladdr, state } };
}
