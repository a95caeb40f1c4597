import type { Link } from './link.ts';

/** A route of the kernel. */
export interface KernelRoute {
  /** `default`, or a network or host in text, as `ip` prints it. */
  readonly destination: string;
  readonly family: 4 | 6;
  /** The link that it leads out of, or several links if it has several next hops. */
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
  /** A part of the route that no DAN file can carry; undefined if there is none. */
  readonly unsupported: string | undefined;
  /** It expires, like a route from a router advertisement. */
  readonly expires?: boolean;
  /** Its tuning parameters, which no DAN file carries, in the words of `ip route`: `advmss`, `mtu lock`. */
  readonly tuning?: readonly string[];
}

/** A permanent neighbor in the kernel. */
export interface KernelNeighbor {
  readonly address: string;
  readonly link: string;
  readonly mac: string;
}

/** What the pod's namespace holds. */
export interface PodView {
  readonly links: readonly Link[];
  /** Excludes those that the kernel makes for each address in the table `local`. */
  readonly routes: readonly KernelRoute[];
  readonly neighbors: readonly KernelNeighbor[];
}

/** A policy rule other than those that the kernel makes itself. */
export interface PolicyRule {
  readonly family: 4 | 6;
  readonly priority: number;
  /** `lookup`, `blackhole`, `unreachable`, `prohibit` and so on. */
  readonly action: string;
  /** The table that it leads to. */
  readonly table: string | undefined;
}

/** What in the pod's namespace, besides links, addresses, routes and neighbors, affects one link's packets. */
export interface PodPolicy {
  readonly rules: readonly PolicyRule[];
  /** Addresses of other hosts that the link answers for (`ip neighbor add proxy`). */
  readonly proxied: readonly string[];
  /** Tables of nftables with a rule, or with a chain that drops by default. */
  readonly nftables: readonly string[];
  /** Tables of the older iptables that someone loaded in this namespace. They may have no rules. */
  readonly iptables: readonly string[];
}

/** The queueing disciplines and filters at a link's ingress. */
export interface Ingress {
  /** Kinds of the queueing disciplines: `ingress`, `clsact`. Empty if there is none. */
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
  /** It sends a copy, and the frame continues on its way. */
  readonly mirrors?: boolean;
  /** The action's cookie in hexadecimal digits, set by the program that made it. */
  readonly cookie: string | undefined;
}

/** The routes of one table that lead over a link. */
export interface SavedRoutes {
  readonly family: 4 | 6;
  readonly table: string;
  readonly saved: string;
}

/**
 * Addresses and routes of a link in the kernel's own format, in base64, so that nothing is lost. The bytes are those of
 * `ip addr save` and `ip route save`: a four-byte magic number, then netlink messages.
 */
export interface LinkState {
  readonly addresses4: string;
  readonly addresses6: string;
  /** The main tables come first, because gateways of routes in other tables are reached through them. */
  readonly routes: readonly SavedRoutes[];
  /** The permanent neighbors, which the kernel forgets when the link's MAC changes. */
  readonly neighbors: readonly KernelNeighbor[];
  /** The link's accept_dad; empty without IPv6. */
  readonly acceptDad: string;
}
