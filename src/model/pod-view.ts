import type { Link } from './link.ts';

/** A route of the kernel. */
export interface KernelRoute {
  /** `default`, or a network or host in text, as `ip` prints it. */
  readonly destination: string;
  readonly family: 4 | 6;
  /** The link that it leads out of, or several for several next hops. */
  readonly links: readonly string[];
  readonly gateway: string | undefined;
  /** Who made it: `kernel`, `boot`, `static`, `ra`. */
  readonly protocol: string;
  /** `unicast`, `local`, `blackhole` and so on. */
  readonly type: string;
  readonly table: string;
  /** `global`, `link`, `host`. */
  readonly scope: string;
  readonly metric: number;
  readonly source: string | undefined;
  readonly onlink: boolean;
  /** Bytes. */
  readonly mtu: number | undefined;
  /** A part of the route that no DAN file can carry; undefined: there is none. */
  readonly unsupported: string | undefined;
  /** It expires, like a route from a router advertisement. */
  readonly expires?: boolean;
  /** What tunes it, and no DAN file carries, in the words of `ip route`: `advmss`, `mtu lock`. */
  readonly tuning?: readonly string[];
}

/** A permanent neighbor as the kernel has it. */
export interface KernelNeighbor {
  readonly address: string;
  readonly link: string;
  readonly mac: string;
}

/** What the pod's namespace holds. */
export interface PodView {
  readonly links: readonly Link[];
  /** Without those that the kernel makes for each address, in the table local. */
  readonly routes: readonly KernelRoute[];
  readonly neighbors: readonly KernelNeighbor[];
}

/** A policy rule that the kernel does not make itself. */
export interface PolicyRule {
  readonly family: 4 | 6;
  readonly priority: number;
  /** `lookup`, `blackhole`, `unreachable`, `prohibit` and so on. */
  readonly action: string;
  /** The table that it leads to. */
  readonly table: string | undefined;
}

/**
 * What there is beside the links, addresses, routes and neighbors of a pod's namespace, that decides what becomes of the
 * packets of one link.
 */
export interface PodPolicy {
  readonly rules: readonly PolicyRule[];
  /** Addresses of others that the link answers for (`ip neighbor add proxy`). */
  readonly proxied: readonly string[];
  /** Tables of nftables with a rule, or with a chain that drops by default. */
  readonly nftables: readonly string[];
  /** Tables of the older iptables that somebody asked for in this namespace. They may be without rules. */
  readonly iptables: readonly string[];
}

/** The queueing disciplines and filters at a link's ingress. */
export interface Ingress {
  /** Kinds of the queueing disciplines: `ingress`, `clsact`. Empty: there is none. */
  readonly disciplines: readonly string[];
  /** In the order in which the kernel applies them. */
  readonly filters: readonly IngressFilter[];
}

/** One filter at a link's ingress. */
export interface IngressFilter {
  /** `u32`, `bpf`, `flower`. */
  readonly kind: string;
  readonly name: string | undefined;
  /** Its priority among the filters (pref). */
  readonly preference: number;
  /** The link that a mirred action sends to. */
  readonly redirectsTo: string | undefined;
  /** It sends a copy, and the frame goes on. */
  readonly mirrors?: boolean;
  /** The cookie of the action, set by whoever made it, in hexadecimal digits. */
  readonly cookie: string | undefined;
}

/** The routes of one table that lead over a link. */
export interface SavedRoutes {
  readonly family: 4 | 6;
  readonly table: string;
  readonly saved: string;
}

/**
 * Addresses and routes of a link in the kernel's own form, in base64, so that nothing of them is lost. The bytes are those
 * of `ip addr save` and `ip route save`: a mark of four bytes, then netlink messages.
 */
export interface LinkState {
  readonly addresses4: string;
  readonly addresses6: string;
  /** The main tables come first, since gateways of routes in other tables are reached through them. */
  readonly routes: readonly SavedRoutes[];
  /** The permanent neighbors, which the kernel forgets when the link's MAC changes. */
  readonly neighbors: readonly KernelNeighbor[];
  /** accept_dad of the link; empty without IPv6. */
  readonly acceptDad: string;
}
