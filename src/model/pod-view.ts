import type { Link } from './link.ts';

/** A route as the kernel has it. */
export interface KernelRoute {
  /** `default`, or a network or host in text, as `ip` prints it. */
  readonly destination: string;
  readonly family: 4 | 6;
  /** The link it leads out of; several for several next hops. */
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
  /** What of it no DAN file can carry, if anything. */
  readonly beyond: string | undefined;
  /** It goes by itself, as what a router advertised does. */
  readonly expires?: boolean;
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
  readonly routes: readonly KernelRoute[];
  readonly neighbors: readonly KernelNeighbor[];
}

/** What stands at a link's ingress. */
export interface Ingress {
  /** Kinds of the queueing disciplines there: `ingress`, `clsact`. Empty: nothing stands there. */
  readonly disciplines: readonly string[];
  /** Kinds of filters and where redirects lead, in order. */
  readonly filters: readonly IngressFilter[];
}

/** One filter at a link's ingress. */
export interface IngressFilter {
  /** `u32`, `bpf`, `flower`. */
  readonly kind: string;
  readonly name: string | undefined;
  /** Its place among the filters (pref). */
  readonly preference: number;
  /** The link that a mirred action redirects to. */
  readonly redirectsTo: string | undefined;
  /** The mark that whoever made the action gave it, in hexadecimal digits. */
  readonly cookie: string | undefined;
}
